import Foundation
import Synchronization

/// A redis-server of its own in a temporary folder, to be killed, frozen and started again.
package final class RedisServer: Sendable {
  /// How it is served.
  package struct Options: Sendable {
    /// The password of the default user.
    package var password: String?
    /// Only TLS.
    package var usesTLS = false
    /// What its certificate is for.
    package var names = "DNS:localhost,IP:127.0.0.1"

    /// No password, no TLS.
    package init(
      password: String? = nil, usesTLS: Bool = false, names: String = "DNS:localhost,IP:127.0.0.1"
    ) {
      self.password = password
      self.usesTLS = usesTLS
      self.names = names
    }
  }

  /// Its port on 127.0.0.1; it stays the same.
  package let port: Int
  /// The folder of its data and certificates; `ca.pem` is the authority.
  package let folder: TemporaryFolder
  private let options: Options
  private let child = Mutex<Child?>(nil)

  private init(_ options: Options) throws {
    self.options = options
    folder = try TemporaryFolder()
    port = try FreePort.find()
  }

  /// Starts a server for the closure; ends it whatever happens.
  nonisolated(nonsending)
    package static func with<Value>(
      _ options: Options = Options(), _ body: (RedisServer) async throws -> Value
    ) async throws -> Value
  {
    let server = try RedisServer(options)
    if options.usesTLS { try await Certificates.make(in: server.folder, names: options.names) }
    do {
      try await server.start()
      let value = try await body(server)
      await server.kill()
      return value
    } catch {
      await server.kill()
      throw error
    }
  }

  /// Its address; `rediss` where it is TLS. Names are for certificates.
  package func url(host: String = "127.0.0.1", password: String? = nil) -> String {
    let account = (password ?? options.password).map { ":\($0)@" } ?? ""
    return "\(options.usesTLS ? "rediss" : "redis")://\(account)\(host):\(port)"
  }

  /// Starts it, and waits until it takes connections.
  package func start() async throws {
    let started = try Command.spawnChild(
      ["/usr/bin/redis-server"] + arguments, output: folder.path("log"))
    child.withLock { $0 = started }
    for _ in 0..<Self.attemptsMax {
      if FreePort.isServed(port) { return }
      try await Task.sleep(for: .milliseconds(Self.attemptMilliseconds))
    }
    throw TestDatabaseError(description: "redis-server did not start; its log: \(log)")
  }

  private static let attemptsMax = 600
  private static let attemptMilliseconds = 20

  private var arguments: [String] {
    var words = [
      "--bind", "127.0.0.1", "--dir", folder.path(""), "--save", "", "--appendonly", "no",
      "--daemonize", "no",
    ]
    if let password = options.password { words += ["--requirepass", password] }
    guard options.usesTLS else { return words + ["--port", "\(port)"] }
    return words + [
      "--port", "0", "--tls-port", "\(port)", "--tls-cert-file", folder.path("server.pem"),
      "--tls-key-file", folder.path("server.key"), "--tls-ca-cert-file", folder.path("ca.pem"),
      "--tls-auth-clients", "no",
    ]
  }

  /// What it has written.
  package var log: String {
    (try? String(contentsOfFile: folder.path("log"), encoding: .utf8)) ?? ""
  }

  /// Kills it by SIGKILL, and waits until it is gone.
  package func kill() async {
    guard let process = child.withLock({ $0 }) else { return }
    Glibc.kill(process.process, SIGKILL)
    _ = await process.status()
    child.withLock { $0 = nil }
  }

  /// Lets it hang, connections open, without a word.
  package func freeze() { signal(SIGSTOP) }

  /// Lets it go on.
  package func thaw() { signal(SIGCONT) }

  private func signal(_ number: Int32) {
    if let process = child.withLock({ $0?.process }) { Glibc.kill(process, number) }
  }
}

/// An authority of one's own and a server's certificate by it.
private enum Certificates {
  static func make(in folder: TemporaryFolder, names: String) async throws {
    func openssl(_ words: String...) async throws {
      try await Program.demand("/usr/bin/openssl", words)
    }
    for authority in ["ca", "other"] {
      try await openssl(
        "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days",
        "2", "-subj", "/CN=\(authority)", "-keyout", folder.path("\(authority).key"), "-out",
        folder.path("\(authority).pem"))
    }
    try await openssl(
      "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
      "/CN=localhost", "-keyout", folder.path("server.key"), "-out", folder.path("server.csr"))
    let names = try folder.write("names", "subjectAltName=\(names)\n")
    try await openssl(
      "x509", "-req", "-in", folder.path("server.csr"), "-CA", folder.path("ca.pem"), "-CAkey",
      folder.path("ca.key"), "-CAcreateserial", "-days", "2", "-extfile", names, "-out",
      folder.path("server.pem"))
  }
}

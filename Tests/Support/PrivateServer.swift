import Foundation
package import Postgres
import Synchronization

/// A PostgreSQL server of its own in a temporary folder, to be killed and started again.
package final class PrivateServer: Sendable {
  /// Where it keeps its data.
  package let folder: String
  /// Its port on 127.0.0.1; it stays the same.
  package let port: Int
  /// How to connect as superuser.
  package let configuration: PostgresConfiguration
  private let settings: [String: String]
  private let child = Mutex<Child?>(nil)

  private init(folder: String, port: Int, settings: [String: String]) {
    self.folder = folder
    self.port = port
    self.settings = settings
    configuration = PostgresConfiguration(options: [
      "host": "127.0.0.1", "port": "\(port)", "user": "postgres", "dbname": "postgres",
    ])
  }

  /// Makes and starts a server for the closure; stops and removes it whatever happens. `settings`
  /// go over those for tests (no fsync).
  nonisolated(nonsending)
    package static func with<Value>(
      settings: [String: String] = [:],
      _ body: (PrivateServer) async throws -> Value
    ) async throws -> Value
  {
    let server = try await make(settings: settings)
    do {
      try await server.start()
      let value = try await body(server)
      await server.remove()
      return value
    } catch {
      await server.remove()
      throw error
    }
  }

  /// Starts it, and waits until it takes connections.
  package func start() async throws {
    var arguments = ["-D", folder + "/data", "-p", "\(port)", "-k", folder]
    let defaults = ["listen_addresses": "127.0.0.1", "fsync": "off", "max_connections": "200"]
    for (name, value) in defaults.merging(settings, uniquingKeysWith: { $1 }) {
      arguments += ["-c", "\(name)=\(value)"]
    }
    let started = try Command.start("postgres", arguments, output: folder + "/log")
    child.withLock { $0 = started }
    try await waitUntilReady(started)
  }

  private func waitUntilReady(_ started: Child) async throws {
    for _ in 0..<Self.maximumAttempts {
      if let connection = try? await PostgresConnection.connect(configuration) {
        return await connection.close()
      }
      guard kill(started.process, 0) == 0 else { break }
      try await Task.sleep(for: .milliseconds(Self.attemptMilliseconds))
    }
    throw TestDatabaseError(description: "the server did not start; its log: \(log)")
  }

  private static let maximumAttempts = 1_200
  private static let attemptMilliseconds = 50

  /// What the server has written to its log.
  package var log: String {
    (try? String(contentsOfFile: folder + "/log", encoding: .utf8)) ?? ""
  }

  /// Kills the postmaster and all its children by SIGKILL, and waits until they are gone.
  package func killHard() async throws {
    guard let postmaster = child.withLock({ $0 }) else { return }
    let children = Self.children(of: postmaster.process)
    for process in [postmaster.process] + children { kill(process, SIGKILL) }
    _ = await postmaster.status()
    while children.contains(where: Self.isAlive) { try await Task.sleep(for: .milliseconds(5)) }
    child.withLock { $0 = nil }
  }

  /// Stops it at once; clients are disconnected.
  package func stop() async {
    guard let postmaster = child.withLock({ $0 }) else { return }
    kill(postmaster.process, SIGQUIT)
    _ = await postmaster.status()
    child.withLock { $0 = nil }
  }

  private func remove() async {
    await stop()
    try? FileManager.default.removeItem(atPath: folder)
  }

  private static func make(settings: [String: String]) async throws -> PrivateServer {
    let chance = String(UInt32.random(in: 0...UInt32.max), radix: 36)
    let folder = "/tmp/higgs-pg-\(chance)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    try await Command.ownByServerUser(folder)
    try await Command.run(
      "initdb",
      ["-D", folder + "/data", "-U", "postgres", "-A", "trust", "-N", "-E", "UTF8", "--locale=C"]
    )
    return PrivateServer(folder: folder, port: try freePort(), settings: settings)
  }

  private static func children(of process: pid_t) -> [pid_t] {
    let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return all.compactMap { pid_t($0) }.filter { status(of: $0)?.parent == process }
  }

  private static func isAlive(_ process: pid_t) -> Bool {
    status(of: process).map { $0.state != "Z" } ?? false
  }

  private static func status(of process: pid_t) -> (state: String, parent: pid_t)? {
    guard
      let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
      let end = text.lastIndex(of: ")")
    else { return nil }
    let fields = text[text.index(after: end)...].split(separator: " ")
    guard fields.count > 1, let parent = pid_t(fields[1]) else { return nil }
    return (String(fields[0]), parent)
  }

  private static func freePort() throws -> Int {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(listener) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let result = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        bind(listener, address, length) == 0 ? getsockname(listener, address, &length) : -1
      }
    }
    guard result == 0 else { throw TestDatabaseError(description: "no free port was found") }
    return Int(UInt16(bigEndian: address.sin_port))
  }
}

import Redis
import TestSupport
import Testing

@Suite("Redis: passwords and TLS", .timeLimit(.minutes(5)))
struct RedisSecurityTests {
  /// Why a client of this address is not connected; nil where it is.
  private func reason(_ url: String, certificates: String? = nil) async throws -> String? {
    var configuration = try RedisConfiguration(url: url)
    configuration.certificateFile = certificates
    let client = try RedisClient(configuration)
    defer { Task { await client.shutdown() } }
    do {
      #expect(try await client.send(RedisCommand("PING")) == .simple("PONG"))
      return nil
    } catch RedisError.notConnected(let reason) { return reason }
  }

  @Test("The password and the user are sent, and a wrong one is refused in Redis' words")
  func passwords() async throws {
    try await RedisServer.with(.init(password: "s3cr@t:/")) { server in
      #expect(try await reason(server.url(password: "s3cr%40t%3A%2F")) == nil)
      let wrong = try await reason(server.url(password: "wrong-word"))
      #expect(wrong?.contains("refused AUTH: WRONGPASS") == true)
      #expect(wrong?.contains("wrong-word") == false)
      let none = try await reason("redis://127.0.0.1:\(server.port)")
      #expect(none?.contains("NOAUTH") == true)
      let admin = try RedisClient(RedisConfiguration(url: server.url(password: "s3cr%40t%3A%2F")))
      _ = try await admin.send(
        RedisCommand("ACL", "SETUSER", "ayu", "on", ">tile-6-6", "~*", "&*", "+@all"))
      await admin.shutdown()
      #expect(try await reason("redis://ayu:tile-6-6@127.0.0.1:\(server.port)") == nil)
      #expect(try await reason("redis://ayu:tile-0-0@127.0.0.1:\(server.port)") != nil)
    }
  }

  @Test("The database of the address is selected, and one that is not there is refused")
  func databases() async throws {
    try await RedisServer.with { server in
      let third = try RedisClient(RedisConfiguration(url: server.url() + "/3"))
      _ = try await third.send(RedisCommand("SET", "k", "v"))
      await third.shutdown()
      let first = try RedisClient(RedisConfiguration(url: server.url()))
      #expect(try await first.send(RedisCommand("DBSIZE")) == .integer(0))
      await first.shutdown()
      let refused = try await reason(server.url() + "/99")
      #expect(refused?.contains("refused SELECT") == true)
    }
  }

  @Test("TLS: the certificate is checked, by name and by address, against the authority's file")
  func tls() async throws {
    try await RedisServer.with(.init(password: "p4ssw0rd", usesTLS: true)) { server in
      let authority = server.folder.path("ca.pem")
      #expect(try await reason(server.url(host: "localhost"), certificates: authority) == nil)
      #expect(try await reason(server.url(), certificates: authority) == nil)
      let unknown = try await reason(server.url(host: "localhost"))
      #expect(unknown?.contains("REDIS_CA_FILE") == true, "\(unknown ?? "connected")")
      let other = try await reason(
        server.url(host: "localhost"), certificates: server.folder.path("other.pem"))
      #expect(other?.contains("REDIS_CA_FILE") == true, "\(other ?? "connected")")
      let plain = server.url().replacing("rediss:", with: "redis:")
      #expect(try await reason(plain) != nil)
    }
  }

  @Test("A certificate for another name is refused, though its authority is trusted")
  func otherName() async throws {
    let options = RedisServer.Options(usesTLS: true, names: "DNS:cache.example,IP:127.0.0.9")
    try await RedisServer.with(options) { server in
      for host in ["localhost", "127.0.0.1"] {
        let reason = try await reason(
          server.url(host: host), certificates: server.folder.path("ca.pem"))
        #expect(reason?.contains("another name") == true, "\(reason ?? "connected")")
      }
    }
  }

  @Test("Files that are no certificates are refused at once")
  func files() async throws {
    let folder = try TemporaryFolder()
    var configuration = try RedisConfiguration(url: "rediss://localhost")
    for path in [try folder.write("empty", ""), folder.path("none")] {
      configuration.certificateFile = path
      #expect {
        try RedisClient(configuration)
      } throws: {
        guard case .invalidCertificates(let text) = $0 as? RedisError else { return false }
        return text.contains(path)
      }
    }
  }

  @Test(
    "A server that is no Redis is said to be none, whatever it says",
    arguments: [
      "HTTP/1.1 400 Bad Request\r\n\r\n", "SSH-2.0-OpenSSH_9.2\r\n", "+PONG\n",
      "+" + String(repeating: "x", count: 100_000), "$99999999999\r\n",
    ])
  func strangers(_ words: String) async throws {
    let server = try RawServer(saying: Array(words.utf8))
    defer { server.stop() }
    let reason = try await reason("redis://127.0.0.1:\(server.port)")
    #expect(reason?.contains("not Redis") == true, "\(reason ?? "connected")")
  }

  @Test("Who answers before anything was asked is not taken for Redis")
  func hasty() async throws {
    let server = try RawServer(saying: Array("+PONG\r\n+PONG\r\n".utf8))
    defer { server.stop() }
    var configuration = try RedisConfiguration(url: "redis://127.0.0.1:\(server.port)")
    configuration.commandTimeoutMilliseconds = 2_000
    let client = try RedisClient(configuration)
    await #expect(throws: RedisError.self) {
      for _ in 0..<10 { _ = try await client.send(RedisCommand("PING")) }
    }
    await client.shutdown()
  }
}

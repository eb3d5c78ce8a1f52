import Redis
import TestSupport
import Testing

@Suite("Redis: the client on a real server", .timeLimit(.minutes(5)))
struct RedisClientTests {
  nonisolated(nonsending)
    private func withClient(
      _ server: RedisServer, _ change: (inout RedisConfiguration) -> Void = { _ in },
      _ body: (RedisClient) async throws -> Void
    ) async throws
  {
    var configuration = try RedisConfiguration(url: server.url())
    configuration.backoffMaxMilliseconds = 200
    change(&configuration)
    let client = try RedisClient(configuration)
    do { try await body(client) } catch {
      await client.shutdown()
      throw error
    }
    await client.shutdown()
  }

  @Test("Commands and answers of every kind, and a refusal with Redis' own words")
  func kinds() async throws {
    try await RedisServer.with { server in
      try await withClient(server) { client in
        let bytes: [UInt8] = [0, 13, 10, 255]
        let set = RedisCommand(bytes: [Array("SET".utf8), Array("k".utf8), bytes])
        let answer = try await client.send(set)
        #expect(answer == .simple("OK"))
        #expect(try await client.send(RedisCommand("GET", "k")) == .bulk(bytes))
        #expect(try await client.send(RedisCommand("GET", "none")) == .null)
        #expect(try await client.send(RedisCommand("INCR", "n")) == .integer(1))
        let script = RedisCommand.script(
          "return {1, {ARGV[1], KEYS[1]}, false}", keys: ["key"], arguments: ["word"])
        #expect(
          try await client.send(script)
            == .array([
              .integer(1), .array([.bulk(Array("word".utf8)), .bulk(Array("key".utf8))]), .null,
            ]))
        await #expect {
          try await client.send(RedisCommand("LPUSH", "k", "x"))
        } throws: {
          guard case .refused("LPUSH", let words) = $0 as? RedisError else { return false }
          return words.hasPrefix("WRONGTYPE")
        }
        #expect(client.status == .ready && client.counters.connected == 1)
      }
    }
  }

  @Test("Two thousand callers at once share one connection, and each gets its own answer")
  func pipelined() async throws {
    try await RedisServer.with { server in
      try await withClient(server, { $0.waitingMax = 5_000 }) { client in
        try await withThrowingTaskGroup(of: Void.self) { group in
          for number in 0..<2_000 {
            group.addTask {
              let answer = try await client.send(RedisCommand("ECHO", "\(number)"))
              #expect(answer.text == "\(number)")
            }
          }
          try await group.waitForAll()
        }
        let clients = try await client.send(RedisCommand("CLIENT", "LIST"))
        #expect(clients.text?.split(separator: "\n").count == 1)
        #expect(client.counters.inFlight == 0 && client.counters.waiting == 0)
      }
    }
  }

  @Test("A server that hangs: commands end in time, the connection is given up, and comes back")
  func frozen() async throws {
    try await RedisServer.with { server in
      try await withClient(
        server,
        {
          ($0.stallMilliseconds, $0.connectTimeoutMilliseconds) = (300, 300)
          ($0.inFlightMax, $0.waitingMax) = (1, 1)
        }
      ) { client in
        _ = try await client.send(RedisCommand("PING"))
        server.freeze()
        async let first = client.send(RedisCommand("PING"), timeoutMilliseconds: 100)
        async let second = client.send(RedisCommand("PING"), timeoutMilliseconds: 100)
        async let third = client.send(RedisCommand("PING"), timeoutMilliseconds: 100)
        var errors: [RedisError] = []
        do { _ = try await first } catch { errors.append(try #require(error as? RedisError)) }
        do { _ = try await second } catch { errors.append(try #require(error as? RedisError)) }
        do { _ = try await third } catch { errors.append(try #require(error as? RedisError)) }
        #expect(errors.count { $0 == .timedOut(command: "PING", milliseconds: 100) } == 2)
        #expect(errors.contains(.tooManyWaiting(limit: 1)))
        await client.wait { if case .away = $0 { true } else { false } }
        server.thaw()
        await client.wait { $0 == .ready }
        #expect(try await client.send(RedisCommand("PING")) == .simple("PONG"))
      }
    }
  }

  @Test("Killed and started again: commands fail at once meanwhile, and go on afterwards")
  func killed() async throws {
    try await RedisServer.with { server in
      try await withClient(server) { client in
        _ = try await client.send(RedisCommand("PING"))
        // Redis holds this one back, so that it is on its way when the server dies.
        let blocked = Task {
          try await client.send(RedisCommand("BLPOP", "nothing", "0"), timeoutMilliseconds: 60_000)
        }
        while client.counters.inFlight == 0 { try await Task.sleep(for: .milliseconds(1)) }
        await server.kill()
        await #expect {
          try await blocked.value
        } throws: {
          if case .connectionLost = $0 as? RedisError { true } else { false }
        }
        await client.wait { if case .away = $0 { true } else { false } }
        // At once: not after the time that a command may take.
        await #expect {
          try await client.send(RedisCommand("PING"))
        } throws: {
          if case .notConnected = $0 as? RedisError { true } else { false }
        }
        try await server.start()
        await client.wait { $0 == .ready }
        #expect(try await client.send(RedisCommand("PING")) == .simple("PONG"))
        #expect(client.counters.connected == 2)
      }
    }
  }

  @Test("A command that is too large, and one after the end, are refused")
  func refused() async throws {
    try await RedisServer.with { server in
      let client = try RedisClient(RedisConfiguration(url: server.url()))
      let large = RedisCommand("SET", "k", String(repeating: "x", count: 4 << 20))
      await #expect(throws: RedisError.commandTooLarge(limit: 4 << 20)) {
        try await client.send(large)
      }
      await client.shutdown()
      await client.shutdown()
      await #expect(throws: RedisError.closed) { try await client.send(RedisCommand("PING")) }
    }
  }

  @Test("An answer over the limit ends the connection with the reason, and the next one is good")
  func largeAnswer() async throws {
    try await RedisServer.with { server in
      try await withClient(server, { $0.replyLimits.bulkBytesMax = 1_000 }) { client in
        _ = try await client.send(RedisCommand("SETRANGE", "k", "1000", "x"))
        await #expect {
          try await client.send(RedisCommand("GET", "k"))
        } throws: {
          guard case .connectionLost(let reason) = $0 as? RedisError else { return false }
          return reason.contains("over 1000 bytes")
        }
        await client.wait { $0 == .ready }
        #expect(try await client.send(RedisCommand("STRLEN", "k")) == .integer(1_001))
      }
    }
  }
}

extension RedisClient {
  /// Waits until the status is as it should be; the suite's limit ends a wait in vain.
  func wait(until isGood: @escaping @Sendable (Status) -> Bool) async {
    let (stream, continuation) = AsyncStream<Status>.makeStream()
    onStatus { continuation.yield($0) }
    for await status in stream where isGood(status) { return }
  }
}

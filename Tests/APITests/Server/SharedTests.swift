import API
import Foundation
import Redis
import TestSupport
import Testing

/// What nodes share through Redis: the limits of sign-in and who is online. Two servers on databases
/// of their own are two nodes here, since only Redis connects them.
@Suite("What nodes share", .timeLimit(.minutes(5)))
struct SharedTests {
  private static let path = "/v1/auth/guest/sign-in"
  private static let body = #"{"guest_secret":"x"}"#

  nonisolated(nonsending)
    private func withTwoNodes(
      _ redis: RedisServer, limits: APILimits = APILimits().widened(100),
      _ body: (ServerFixture, ServerFixture, RedisClient) async throws -> Void
    ) async throws
  {
    var configuration = try RedisConfiguration(url: redis.url())
    configuration.backoffMaxMilliseconds = 100
    let (one, two) = try (RedisClient(configuration), RedisClient(configuration))
    try await one.waitUntilReady()
    try await two.waitUntilReady()
    var timing = Presence.Timing()
    (timing.beatMilliseconds, timing.renewalMilliseconds) = (50, 200)
    (timing.lifetimeMilliseconds, timing.graceMilliseconds) = (2_000, 400)
    try await ServerFixture.with(limits: limits, redis: one, presence: timing) { first in
      try await ServerFixture.with(limits: limits, redis: two, presence: timing) { second in
        try await body(first, second, one)
      }
    }
    await one.shutdown()
    await two.shutdown()
  }

  private func signIn(_ server: ServerFixture) async throws -> Int {
    try await server.http.request("POST", Self.path, body: Self.body).status
  }

  @Test("Sign-ins of an address are counted over both nodes, in memory without Redis, and again")
  func signIns() async throws {
    var limits = APILimits()
    limits.signInsPerAddress = RateLimit(burst: 4, perSecond: 0.001)
    try await RedisServer.with { redis in
      try await withTwoNodes(redis, limits: limits) { first, second, client in
        for server in [first, second, first, second] { #expect(try await signIn(server) == 401) }
        let refused = try await second.http.request("POST", Self.path, body: Self.body)
        #expect(refused.status == 429 && refused.headers["ratelimit-limit"] == "4")
        #expect(Int(refused.headers["retry-after"] ?? "").map { $0 > 900 } == true)
        await redis.kill()
        try await client.waitUntilAway()
        // Each node goes on with its own count: two and three of four are taken.
        #expect(try await signIn(first) == 401)
        #expect(try await signIn(first) == 401)
        #expect(try await signIn(first) == 429)
        try await redis.start()
        try await client.waitUntilReady()
        // The new Redis knows nothing, and the node's own count still holds.
        #expect(try await signIn(first) == 429)
      }
    }
  }

  @Test("Players with open sockets are counted over both nodes, each once, and forgotten after")
  func presence() async throws {
    try await RedisServer.with { redis in
      try await withTwoNodes(redis) { first, second, _ in
        let (ayu, budi) = (try await first.guest(), try await second.guest())
        let sockets = [
          try await first.socket(ayu.token), try await first.socket(ayu.token),
          try await second.socket(budi.token),
        ]
        for node in [first, second] { try await node.wait { $0.presence.online == 2 } }
        #expect(first.presence.here == 1 && second.presence.here == 1)
        let lobby = try await first.http.request("GET", "/v1/stakes")
        #expect(lobby.json["online"] as? Int == 2)
        await sockets[0].connection.close()
        await sockets[2].connection.close()
        for node in [first, second] { try await node.wait { $0.presence.online == 1 } }
        #expect(first.presence.here == 1 && second.presence.here == 0)
      }
    }
  }

  @Test("When Redis dies each node counts its own, and when it is back all are told anew")
  func outage() async throws {
    try await RedisServer.with { redis in
      try await withTwoNodes(redis) { first, second, client in
        let (ayu, budi) = (try await first.guest(), try await second.guest())
        let sockets = [try await first.socket(ayu.token), try await second.socket(budi.token)]
        try await first.wait { $0.presence.online == 2 }
        await redis.kill()
        // An old sum is believed for five seconds.
        try await first.wait { $0.presence.online == 1 }
        try await redis.start()
        try await client.waitUntilReady()
        try await first.wait { $0.presence.online == 2 }
        #expect(sockets.count == 2)
      }
    }
  }

  @Test("A node that dies without a word is forgotten with its players")
  func deadNode() async throws {
    try await RedisServer.with { redis in
      try await withTwoNodes(redis) { first, _, client in
        let script = """
          redis.call('ZADD', KEYS[1], redis.call('TIME')[1] * 1000 + ARGV[1], 'somebody')
          """
        for (milliseconds, online) in [("60000", 1), ("-1", 0)] {
          _ = try await client.send(
            RedisCommand.script(script, keys: ["higgs:online"], arguments: [milliseconds]))
          try await first.wait { $0.presence.online == online }
        }
      }
    }
  }
}

extension ServerFixture {
  /// Looks again and again; the suite's limit ends a wait in vain.
  func wait(until isGood: (ServerFixture) -> Bool) async throws {
    while !isGood(self) { try await Task.sleep(for: .milliseconds(10)) }
  }
}

extension RedisClient {
  func waitUntilReady() async throws {
    while status != .ready { try await Task.sleep(for: .milliseconds(5)) }
  }

  func waitUntilAway() async throws {
    while status == .ready { try await Task.sleep(for: .milliseconds(5)) }
  }
}

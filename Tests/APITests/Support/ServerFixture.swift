import API
import Core
import Foundation
import NIOPosix
import Platform
import Postgres
import Redis
import ServiceLifecycle
import Telemetry
import TestSupport

/// A server on a free port, with a database of its own.
struct ServerFixture {
  let port: Int
  let pool: PostgresPool
  let identity: Identity
  let server: APIServer
  let rooms: FakeRooms
  let presence: Presence

  var http: HTTPClient { HTTPClient(port: port) }

  /// The checkout, found from this file.
  static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  static func openAPI() throws -> String {
    try String(contentsOf: root.appending(path: "docs/api/openapi.yaml"), encoding: .utf8)
  }

  nonisolated(nonsending)
    static func with(
      limits: APILimits = APILimits().widened(100),
      webRoot: URL? = nil, maintenance: Maintenance? = nil, redis: RedisClient? = nil,
      presence: Presence.Timing = Presence.Timing(), servesMetrics: Bool = true,
      tables: ((PostgresPool) -> TableAccess)? = nil,
      _ body: (ServerFixture) async throws -> Void
    ) async throws
  {
    try await withDatabase(template: .migrated) { database in
      let pool = PostgresPool(database.configuration.with(role: "higgs_app"))
      let rooms = FakeRooms()
      let revocations = Revocations(pool: pool)
      let identity = Identity(
        pool: pool,
        tokens: try await AccessTokens(keys: ["1": Array(0..<32)], current: "1"),
        revocations: revocations)
      var configuration = try Self.configuration(maintenance)
      configuration.servesMetrics = servesMetrics
      configuration.limits = limits
      configuration.webRoot = webRoot
      let shared = redis.map { SharedRedis($0) }
      let online = Presence(redis: shared, timing: presence)
      let beats = Beats(online)
      let beating = Task { if redis != nil { await beats.run() } }
      let server = APIServer(
        configuration: configuration,
        services: APIServices(
          identity: identity, players: Players(pool: pool), lobby: Lobby(pool: pool),
          idempotency: Idempotency(pool: pool), tables: tables?(pool) ?? rooms.access,
          metrics: PrometheusRegistry(), readiness: Readiness(checks: []),
          presence: online, redis: shared))
      let result = await Result {
        try await serve(server) { port in
          try await body(
            ServerFixture(
              port: port, pool: pool, identity: identity, server: server, rooms: rooms,
              presence: online))
        }
      }
      // The sockets are gone, so that the last beat takes leave of all.
      beating.cancel()
      await beating.value
      await pool.shutdown()
      try result.get()
    }
  }

  private static func configuration(_ maintenance: Maintenance?) throws -> APIConfiguration {
    var known = PublicConfiguration(version: "1.0.0", hasBots: true)
    known.maintenance = maintenance
    var configuration = APIConfiguration(host: "127.0.0.1", port: 0, publicConfiguration: known)
    configuration.openAPI = try openAPI()
    return configuration
  }

  /// Serves for the closure, which gets the port; then ends in order.
  nonisolated(nonsending)
    private static func serve(
      _ server: APIServer, _ body: (Int) async throws -> Void
    ) async throws
  {
    let (ports, continuation) = AsyncStream<Int>.makeStream()
    let group = ServiceGroup(
      configuration: .init(
        services: [server.service { continuation.yield($0) }], logger: .init(label: "test")))
    let running = Task { try await group.run() }
    var port = 0
    for await found in ports {
      port = found
      break
    }
    let result = await Result { try await body(port) }
    await server.gateway.shutdown()
    await group.triggerGracefulShutdown()
    _ = try? await running.value
    try result.get()
  }

  /// A new guest, by the front door.
  func guest() async throws -> (token: String, player: String, refresh: String) {
    let answer = try await http.request("POST", "/v1/auth/guest", body: "{}")
    let json = answer.json
    guard let token = json["access_token"] as? String,
      let player = (json["player"] as? [String: Any])?["id"] as? String,
      let refresh = json["refresh_token"] as? String
    else { throw HTTPClient.NoAnswer(text: String(decoding: answer.body, as: UTF8.self)) }
    return (token, player, refresh)
  }

  /// A socket after its welcome.
  func socket(_ token: String, watching: Bool = false) async throws -> TestSocket {
    let socket = try await TestSocket(port: port)
    let rooms = watching ? #", "rooms": [{"id": 12}]"# : ""
    try await socket.send(#"{"type": "hello", "token": "\#(token)", "protocol": 1\#(rooms)}"#)
    _ = try await socket.message("welcome")
    if watching { _ = try await socket.message("snapshot") }
    return socket
  }
}

/// A class, so that the optimizer has no captures to take apart: docs/decisions/tail-calls.md.
private final class Beats: Sendable {
  let presence: Presence
  init(_ presence: Presence) { self.presence = presence }
  func run() async { await presence.run() }
}

extension Result where Failure == any Error {
  nonisolated(nonsending)
    fileprivate init(_ body: () async throws -> Success) async
  {
    do { self = .success(try await body()) } catch { self = .failure(error) }
  }
}

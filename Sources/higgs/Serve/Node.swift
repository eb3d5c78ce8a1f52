import API
import Hosting
import Logging
import Metrics
import Platform
import Postgres
import Redis
import ServiceLifecycle
import Telemetry

/// A running server: everything wired in the order in which it starts.
struct Node: Sendable {
  let pool: PostgresPool
  let host: Hosting.Host
  let api: APIServer
  let readiness: Readiness
  let revocations: Revocations
  let presence: Presence
  /// Nil where the database's upkeep is somebody else's.
  let caretaker: Caretaker?
  /// Nil for a node alone.
  let redis: RedisClient?
  /// Nil where metrics are among the other routes.
  let metrics: MetricsServer?
  let configuration: ServeConfiguration

  /// How long an orderly end may take; then connections are dropped where they stand.
  static let orderlySeconds: Int64 = 18
  /// How long the whole end may take, whatever clients do.
  static let endSeconds = 22

  /// Makes all parts; nothing listens yet. Waits for the database a bounded time.
  static func build(_ configuration: ServeConfiguration) async throws -> Node {
    try AddressCheck.demandFree(host: configuration.host, port: configuration.port)
    if let metrics = configuration.metrics {
      try AddressCheck.demandFree(metrics.host, port: metrics.port, variable: "HIGGS_METRICS_PORT")
    }
    let redis = try makeRedis(configuration)
    let registry = PrometheusRegistry()
    MetricsSystem.bootstrap(registry)
    ProcessMetrics.collect(into: registry)
    APIMetrics.describe(in: registry)
    let pool = PostgresPool(configuration.database, configuration.pool)
    PoolMetrics.collect(pool, into: registry)
    try await DatabaseProblem.wait(for: pool, seconds: configuration.databaseWaitSeconds)
    let host = try makeHost(configuration, pool)
    HostMetrics.collect(host, into: registry)
    let revocations = Revocations(pool: pool)
    let tokens = try await AccessTokens(
      keys: configuration.keys.keys(for: .accessTokens), current: configuration.keys.current)
    let readiness = makeReadiness(pool, host)
    if let redis { RedisMetrics.collect(redis, into: registry) }
    let shared = redis.map { SharedRedis($0) }
    let presence = Presence(redis: shared)
    PresenceMetrics.collect(presence, into: registry)
    let caretaker = configuration.keepsDatabase ? Caretaker(pool: pool) : nil
    if let caretaker { CaretakerMetrics.collect(caretaker, into: registry) }
    let isInMaintenance = configuration.maintenance != nil
    registry.describe("higgs_maintenance_mode", "1 where players are told to come later.")
    registry.collect { $0.add("higgs_maintenance_mode", .gauge, isInMaintenance ? 1 : 0) }
    let services = APIServices(
      identity: Identity(pool: pool, tokens: tokens, revocations: revocations),
      players: Players(pool: pool), lobby: Lobby(pool: pool),
      idempotency: Idempotency(pool: pool), tables: TableAccess(host), metrics: registry,
      readiness: readiness, presence: presence, redis: shared)
    return Node(
      pool: pool, host: host,
      api: APIServer(configuration: apiConfiguration(configuration), services: services),
      readiness: readiness, revocations: revocations, presence: presence,
      caretaker: caretaker, redis: redis,
      metrics: configuration.metrics.map {
        MetricsServer(host: $0.host, port: $0.port, registry: registry)
      },
      configuration: configuration)
  }

  /// Redis need not be there; its certificates must.
  private static func makeRedis(
    _ configuration: ServeConfiguration
  ) throws(ConfigurationProblem) -> RedisClient? {
    guard let redis = configuration.redis else { return nil }
    do throws(RedisError) {
      return try RedisClient(redis)
    } catch {
      throw ConfigurationProblem("REDIS_CA_FILE cannot be used: \(error)")
    }
  }

  private static func makeHost(
    _ configuration: ServeConfiguration, _ pool: PostgresPool
  ) throws(ConfigurationProblem) -> Hosting.Host {
    let keys = configuration.keys
    guard let seeds = SeedKeys(keys: keys.keys(for: .serverSeeds), current: keys.current) else {
      throw ConfigurationProblem("the key ring cannot encrypt server seeds")
    }
    var hosting = HostConfiguration(
      name: configuration.nodeName,
      internalAddress: "\(configuration.host):\(configuration.port)")
    hosting.hasBots = configuration.hasBots
    if let milliseconds = configuration.handBreakMilliseconds {
      hosting.policy.breakMilliseconds = milliseconds
      hosting.policy.breakAfterHandMilliseconds = milliseconds
    }
    hosting.policy.dealsHands = configuration.maintenance == nil
    hosting.predecessorIsDead = configuration.port != 0
    return Hosting.Host(pool: pool, seeds: seeds, configuration: hosting)
  }

  private static func makeReadiness(_ pool: PostgresPool, _ host: Hosting.Host) -> Readiness {
    Readiness(checks: [
      (
        "database",
        { await answers(pool) }
      ),
      ("tables", { host.isReady }),
    ])
  }

  /// Whether the database answers, and soon: who asks gives up after a few seconds, and waiting for a
  /// connection counts.
  private static func answers(_ pool: PostgresPool) async -> Bool {
    await withTaskGroup(of: Bool.self) { group in
      group.addTask { (try? await pool.query("select 1")) != nil }
      group.addTask {
        try? await Task.sleep(for: .milliseconds(readyMilliseconds))
        return false
      }
      defer { group.cancelAll() }
      return await group.next() ?? false
    }
  }

  private static let readyMilliseconds = 2_000

  private static func apiConfiguration(_ configuration: ServeConfiguration) -> APIConfiguration {
    var known = PublicConfiguration(
      version: Higgs.configuration.version, hasBots: configuration.hasBots)
    known.hasTournaments = configuration.hasTournaments
    known.hasSocial = configuration.hasSocial
    known.maintenance = configuration.maintenance
    var api = APIConfiguration(
      host: configuration.host, port: configuration.port, publicConfiguration: known)
    api.servesMetrics = configuration.metrics == nil
    api.limits = configuration.limits
    api.proxies = configuration.proxies
    api.webRoot = configuration.webRoot
    api.openAPI = configuration.openAPI
    return api
  }
}

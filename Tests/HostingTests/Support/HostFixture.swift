import Core
import FoundationEssentials
import Hosting
import Logging
import Postgres
import Store
import Synchronization
import Tables
import TestSupport

/// A host on a database, as the server's role.
struct HostFixture: Sendable {
  let database: TestDatabase
  let pool: PostgresPool
  let host: Host
  let running: Task<Void, any Error>

  /// Starts a host and waits until it has looked for rooms.
  static func start(
    on database: TestDatabase, name: String = "test", successor: Bool = false,
    policy: TablePolicy = .hasty, bots: Bool = true
  ) async throws -> HostFixture {
    var limits = PoolConfiguration()
    limits.maximumConnections = 6
    let pool = PostgresPool(database.configuration.with(role: "higgs_app"), limits)
    var configuration = HostConfiguration(name: name, internalAddress: "127.0.0.1:1")
    configuration.policy = policy
    configuration.hasBots = bots
    configuration.predecessorIsDead = successor
    configuration.takeoverMilliseconds = 100
    configuration.logger.logLevel = .error
    let host = Host(pool: pool, seeds: keys, configuration: configuration)
    let running = Task { try await host.run() }
    await host.waitUntilReady()
    return HostFixture(database: database, pool: pool, host: host, running: running)
  }

  static var keys: SeedKeys {
    guard let keys = SeedKeys(keys: ["k1": [UInt8](repeating: 7, count: 32)], current: "k1") else {
      preconditionFailure("the ring is whole")
    }
    return keys
  }

  /// Ends in good order.
  func stop() async throws {
    await host.shutdown()
    try await running.value
    await pool.shutdown()
  }

  func table(_ room: SerialID<Room>) async -> TableRoom? {
    guard case .here(let table) = await host.room(room) else { return nil }
    return table
  }

  /// A guest with chips.
  func player(_ name: String, chips: Chips = 100_000) async throws -> ID<Player> {
    let id: UUID = try await pool.query("select create_player(\(name))").one().decode(UUID.self)
    let player = ID<Player>(id)
    try await Bots(pool).fund(player, atLeast: chips, .coins)
    return player
  }

  /// What the two verifications find wrong.
  func problems() async throws -> [String] {
    try await HostFixture.problems(in: database)
  }

  static func problems(in database: TestDatabase) async throws -> [String] {
    try await PostgresConnection.withConnection(database.configuration) { connection in
      let ledger = try await Ledger(connection).verify()
      let journal = try await Store.Journal(connection).verify()
      return (ledger + journal).filter { !$0.isOK }.map { "\($0.name): \($0.problem ?? "")" }
    }
  }
}

extension TablePolicy {
  /// No pauses, so that tests need not wait.
  static var hasty: TablePolicy {
    var policy = TablePolicy()
    policy.botMilliseconds = 0...0
    policy.trusteeMilliseconds = 0
    policy.breakMilliseconds = 0
    policy.breakAfterHandMilliseconds = 0
    policy.botStyle = .heaviest
    return policy
  }
}

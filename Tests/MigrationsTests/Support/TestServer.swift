import Foundation
import Migrations
import Postgres
import Synchronization

/// The server that `HIGGS_TEST_POSTGRES` names, whose superuser the tests are.
enum TestServer {
  private static let given = ProcessInfo.processInfo.environment["HIGGS_TEST_POSTGRES"]

  /// Whether there is one.
  static var isGiven: Bool { given?.isEmpty == false }

  /// Its default database.
  static func configuration() throws -> PostgresConfiguration {
    try PostgresConfiguration(connectionString: given ?? "")
  }

  /// Makes an empty database, does `work`, and drops it.
  static func withDatabase(_ work: (TestTarget) async throws -> Void) async throws {
    let name = "higgs_test_\(String(UInt64.random(in: .min ... .max), radix: 36))"
    let server = TestTarget(configuration: try configuration())
    try await server.execute("create database \(name) template template0")
    do {
      try await work(
        TestTarget(configuration: try configuration().with(database: name))
      )
      try await server.execute("drop database \(name) with (force)")
    } catch {
      try? await server.execute("drop database \(name) with (force)")
      throw error
    }
  }
}

/// A database to migrate.
struct TestTarget: Sendable {
  var configuration: PostgresConfiguration

  /// The name of the database.
  var name: String { configuration.options["dbname"] ?? "postgres" }

  /// The same database as another role (the server trusts everybody).
  func asRole(_ role: String) -> TestTarget {
    var copy = self
    copy.configuration.options["user"] = role
    return copy
  }

  /// Runs a script on a connection of its own.
  func execute(_ script: String) async throws {
    try await PostgresConnection.withConnection(configuration) { connection in
      _ = try await connection.execute(script: script)
    }
  }

  /// The first column of the only row of a query.
  func value<Value: PostgresDecodable & Sendable>(
    _ query: SQL,
    as type: Value.Type = Value.self
  ) async throws -> Value {
    try await PostgresConnection.withConnection(configuration) { connection in
      try await connection.query(query).one().decode(type, column: 0)
    }
  }

  /// Asks until the answer is yes; the test's time limit ends it otherwise.
  func wait(until query: SQL) async throws {
    try await PostgresConnection.withConnection(configuration) { connection in
      while try await !connection.query(query).one().decode(Bool.self, column: 0) {
        try await Task.sleep(for: .milliseconds(20))
      }
    }
  }

  /// Does `work` with a runner for these files; `events` hears what it tells.
  func migrate<Value>(
    _ files: [(name: String, sql: String)] = Fixture.files,
    limits: MigrationLimits = MigrationLimits(),
    events: Events = Events(),
    _ work: (MigrationRunner) async throws -> Value
  ) async throws -> Value {
    let folder = try Fixture.folder(files)
    return try await MigrationSession.with(
      configuration,
      command: "higgs migrate test",
      limits: limits
    ) { session in
      try await work(
        MigrationRunner(session: session, folder: folder, limits: limits) { events.append($0) }
      )
    }
  }

  /// The schema as it is.
  func snapshot() async throws -> CatalogSnapshot {
    try await MigrationSession.with(
      configuration,
      command: "higgs migrate test",
      limits: MigrationLimits()
    ) { try await $0.catalogInTransaction() }
  }

  /// Version, name and hash of every record.
  func records() async throws -> [String] {
    try await value(
      """
      select coalesce(array_agg(concat_ws(' ', version, name, sha256) order by version), '{}')
      from public.schema_migrations
      """
    )
  }
}

/// What a runner told.
final class Events: Sendable {
  private let told = Mutex<[MigrationEvent]>([])

  /// All of it, in order.
  var all: [MigrationEvent] { told.withLock { $0 } }

  /// Notes one more.
  func append(_ event: MigrationEvent) {
    told.withLock { $0.append(event) }
  }
}

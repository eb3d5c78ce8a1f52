import Foundation
package import Postgres

/// A database that belongs to one test.
package struct TestDatabase: Sendable {
  /// Its name.
  package let name: String
  /// How to connect to it as superuser.
  package let configuration: PostgresConfiguration

  /// What a new database begins with.
  package enum Template: Sendable {
    /// Nothing.
    case empty
    /// Everything that the migrations make.
    case migrated

    var databaseName: String {
      switch self {
      case .empty: "template0"
      case .migrated:
        ProcessInfo.processInfo.environment["HIGGS_TEST_TEMPLATE"] ?? "higgs_template"
      }
    }
  }

  /// A connection to it.
  package func connect() async throws(PostgresError) -> PostgresConnection {
    try await PostgresConnection.connect(configuration)
  }
}

/// Why no test database could be made.
package struct TestDatabaseError: Error, CustomStringConvertible {
  /// What to do.
  package let description: String
}

/// Makes a database for the closure and drops it afterwards, whatever happens.
nonisolated(nonsending)
  package func withDatabase<Value>(
    template: TestDatabase.Template = .empty,
    _ body: (TestDatabase) async throws -> Value
  ) async throws -> Value
{
  let server = try testServer()
  let database = TestDatabase.unique(on: server)
  try await PostgresConnection.withConnection(server) { connection in
    try await connection.execute(
      """
      create database \(identifier: database.name)
      template \(identifier: template.databaseName)
      """,
      QueryOptions(timeoutMilliseconds: 120_000, isPrepared: false)
    )
  }
  do {
    let value = try await body(database)
    try await drop(database, on: server)
    return value
  } catch {
    try? await drop(database, on: server)
    throw error
  }
}

/// The same, with one connection to the new database.
nonisolated(nonsending)
  package func withDatabaseConnection<Value>(
    template: TestDatabase.Template = .empty,
    _ body: (PostgresConnection) async throws -> Value
  ) async throws -> Value
{
  try await withDatabase(template: template) { database in
    try await PostgresConnection.withConnection(database.configuration, body)
  }
}

/// The server that the tests use, as superuser, with a database for maintenance.
package func testServer() throws -> PostgresConfiguration {
  guard let text = ProcessInfo.processInfo.environment["HIGGS_TEST_POSTGRES"], !text.isEmpty else {
    throw TestDatabaseError(
      description: """
        HIGGS_TEST_POSTGRES is not set, so there is no PostgreSQL to test on. Run `make test`, \
        which starts one, or set it to a URI of a maintenance database and a superuser, as \
        postgres://postgres@127.0.0.1:5432/postgres
        """
    )
  }
  return try PostgresConfiguration(connectionString: text)
}

extension TestDatabase {
  fileprivate static func unique(on server: PostgresConfiguration) -> TestDatabase {
    let process = ProcessInfo.processInfo.processIdentifier
    let chance = String(UInt64.random(in: 0...UInt64.max), radix: 36)
    let name = "higgs_test_\(process)_\(chance)"
    return TestDatabase(name: name, configuration: server.with(database: name))
  }
}

nonisolated(nonsending)
  private func drop(_ database: TestDatabase, on server: PostgresConfiguration) async throws
{
  try await PostgresConnection.withConnection(server) { connection in
    try await connection.execute(
      "drop database if exists \(identifier: database.name) with (force)",
      QueryOptions(timeoutMilliseconds: 120_000, isPrepared: false)
    )
  }
}

extension PostgresConfiguration {
  /// The same as a `key=value` connection string, for programs.
  package var connectionString: String {
    options.map { key, value in
      let escaped = value.replacingOccurrences(of: "\\", with: "\\\\")
        .replacingOccurrences(of: "'", with: "\\'")
      return "\(key)='\(escaped)'"
    }.joined(separator: " ")
  }

  /// The same database for another role; the tests' servers trust everybody.
  package func with(role: String) -> PostgresConfiguration {
    var copy = self
    copy.options["user"] = role
    return copy
  }
}

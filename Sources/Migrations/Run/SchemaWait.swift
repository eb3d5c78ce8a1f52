package import Postgres

/// Waits until a database has the schema that a program needs; for programs that are started beside
/// the one that migrates.
package struct SchemaWait: Sendable {
  /// What is seen of the database.
  package enum State: Hashable, Sendable {
    /// It cannot be asked, for this reason.
    case unreachable(String)
    /// No migration is recorded.
    case empty
    /// An earlier version than is needed.
    case behind(version: Int)
    /// The needed version, or a later one.
    case ready(version: Int)
  }

  private let configuration: PostgresConfiguration
  private let needed: Int

  /// How often the database is asked.
  package static let pauseMilliseconds = 500
  /// How long one look may take.
  private static let lookMilliseconds = 5_000

  /// Waits for this version of a database.
  package init(_ configuration: PostgresConfiguration, needed: Int) {
    var configuration = configuration
    configuration.connectTimeoutMilliseconds = Self.lookMilliseconds
    configuration.statementTimeoutMilliseconds = Self.lookMilliseconds
    configuration.options["application_name"] = "higgs migrate wait"
    self.configuration = configuration
    self.needed = needed
  }

  /// Tells each change of the state; true once it is ready, false when the time is over.
  package func run(
    timeoutSeconds: Int, _ tell: (State) -> Void
  ) async -> Bool {
    let deadline = ContinuousClock.now + .seconds(timeoutSeconds)
    var last: State?
    while true {
      let state = await look()
      if state != last { tell(state) }
      last = state
      if case .ready = state { return true }
      guard ContinuousClock.now < deadline else { return false }
      try? await Task.sleep(for: .milliseconds(Self.pauseMilliseconds))
    }
  }

  /// One look.
  package func look() async -> State {
    do {
      let version = try await PostgresConnection.withConnection(configuration) { connection in
        try await connection.query(
          "select coalesce(max(version), 0)::integer from public.schema_migrations"
        ).one().decode(Int32.self, column: 0)
      }
      if version == 0 { return .empty }
      return version >= needed ? .ready(version: Int(version)) : .behind(version: Int(version))
    } catch let error as PostgresError where error.sqlState == .undefinedTable {
      return .empty
    } catch {
      return .unreachable("\(error)")
    }
  }
}

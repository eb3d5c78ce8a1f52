import Logging
import Postgres
import Store
import Tables

/// The journal of moves in PostgreSQL.
struct DatabaseJournal: Sendable {
  let pool: PostgresPool
  let logger: Logger

  /// How long a batch may take before its outcome counts as unknown.
  static let timeoutMilliseconds = 5_000

  /// Writes a batch. What cannot be told is unknown for all of its rooms.
  func append(_ appends: [MoveAppend]) async -> [Tables.AppendOutcome] {
    do {
      return try await Store.Journal(TimedClient(pool, Self.timeoutMilliseconds))
        .append(appends.map(JournalAppend.init)).map(Tables.AppendOutcome.init)
    } catch {
      logger.warning("\(appends.count) appends: \(error)")
      return Array(repeating: .unknown, count: appends.count)
    }
  }
}

/// A client whose statements have a time limit of their own.
struct TimedClient: PostgresClient {
  private let client: PostgresPool
  private let milliseconds: Int

  init(_ client: PostgresPool, _ milliseconds: Int) {
    self.client = client
    self.milliseconds = milliseconds
  }

  func query(
    _ statement: SQL, _ options: QueryOptions
  ) async throws(PostgresError) -> Rows {
    try await client.query(statement, limited(options))
  }

  func run(
    _ batch: Batch, _ options: QueryOptions
  ) async throws(PostgresError) -> [Result<Rows, PostgresError>] {
    try await client.run(batch, limited(options))
  }

  private func limited(_ options: QueryOptions) -> QueryOptions {
    var copy = options
    copy.timeoutMilliseconds = copy.timeoutMilliseconds ?? milliseconds
    return copy
  }
}

/// What can be asked: a connection, a transaction, or a pool.
package protocol PostgresClient: Sendable {
  /// Does one statement and returns its rows.
  func query(_ statement: SQL, _ options: QueryOptions) async throws(PostgresError) -> Rows
  /// Does several statements in one round trip; see `Batch`.
  func run(
    _ batch: Batch,
    _ options: QueryOptions
  ) async throws(PostgresError) -> [Result<Rows, PostgresError>]
}

extension PostgresClient {
  /// Does one statement and returns its rows.
  package func query(_ statement: SQL) async throws(PostgresError) -> Rows {
    try await query(statement, .default)
  }

  /// Does one statement and returns how many rows it touched.
  @discardableResult
  package func execute(
    _ statement: SQL,
    _ options: QueryOptions = .default
  ) async throws(PostgresError) -> Int {
    try await query(statement, options).affectedCount
  }

  /// Does several statements in one round trip; see `Batch`.
  package func run(_ batch: Batch) async throws(PostgresError) -> [Result<Rows, PostgresError>] {
    try await run(batch, .default)
  }
}

/// Statements that are sent together. Those up to a sync are one unit: if one fails, none of them
/// is done (unless one of them is itself a COMMIT), and the next unit goes on.
package struct Batch: Sendable {
  /// One statement, and whether its unit ends after it.
  struct Item: Sendable {
    var statement: SQL
    var endsUnit: Bool
  }

  private(set) var items: [Item] = []

  /// An empty batch.
  package init() {}

  /// A batch of statements that are each a unit of their own, or all together one.
  package init(_ statements: [SQL], asOneUnit: Bool) {
    for statement in statements { add(statement, endsUnit: !asOneUnit) }
  }

  /// Adds a statement; with `endsUnit` false it shares the fate of the next.
  package mutating func add(_ statement: SQL, endsUnit: Bool = true) {
    items.append(Item(statement: statement, endsUnit: endsUnit))
  }

  /// How many statements there are.
  package var count: Int { items.count }
}

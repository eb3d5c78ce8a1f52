/// The answer to one statement.
package struct Rows: Sendable, RandomAccessCollection {
  let result: ResultHandle

  /// Always 0.
  package var startIndex: Int { 0 }
  /// The number of rows.
  package var endIndex: Int { result.rowCount }
  /// One row.
  package subscript(position: Int) -> Row {
    precondition(position >= 0 && position < result.rowCount, "row out of range")
    return Row(result: result, index: position)
  }

  /// How many rows the statement inserted, updated, deleted, selected or moved; 0 for others.
  package var affectedCount: Int { result.affectedCount }

  /// What the server says it did, as "INSERT 0 1".
  package var commandTag: String { result.commandTag }

  /// The columns' names and types.
  package var columns: [Column] { result.columns }

  /// A column of an answer.
  package struct Column: Sendable, Hashable {
    /// Its name, as the statement has it.
    package var name: String
    /// Its type.
    package var type: PostgresType
  }

  /// All rows as tuples: `try rows.decode((Int64, String?).self)`.
  package func decode<each Value: PostgresDecodable>(
    _ type: (repeat each Value).Type
  ) throws(PostgresError) -> [(repeat each Value)] {
    var values: [(repeat each Value)] = []
    values.reserveCapacity(count)
    for row in self { values.append(try row.decode(type)) }
    return values
  }

  /// All values of the only column.
  package func decode<Value: PostgresDecodable>(
    _ type: Value.Type
  ) throws(PostgresError) -> [Value] {
    var values: [Value] = []
    values.reserveCapacity(count)
    for row in self { values.append(try row.decode(type)) }
    return values
  }

  /// All rows as values of a type that reads rows.
  package func decode<Value: RowDecodable>(
    _ type: Value.Type
  ) throws(PostgresError) -> [Value] {
    var values: [Value] = []
    values.reserveCapacity(count)
    for row in self { values.append(try Value(row: row)) }
    return values
  }

  /// The only row; anything but one row is an error.
  package func one() throws(PostgresError) -> Row {
    guard count == 1 else { throw .expectedOneRow(count: count) }
    return self[0]
  }

  /// The only row, or nil if there is none; more than one is an error.
  package func oneOrNone() throws(PostgresError) -> Row? {
    guard count <= 1 else { throw .expectedOneRow(count: count) }
    return first
  }
}

/// One row of an answer.
package struct Row: Sendable {
  let result: ResultHandle
  let index: Int

  /// How many columns there are.
  package var columnCount: Int { result.columnCount }

  /// Reads all columns as a tuple: `let (id, name) = try row.decode((Int64, String).self)`.
  /// The number of columns must be the same.
  package func decode<each Value: PostgresDecodable>(
    _ type: (repeat each Value).Type
  ) throws(PostgresError) -> (repeat each Value) {
    var column = 0
    let values = (repeat try next((each Value).self, &column))
    try check(columns: column, "\(type)")
    return values
  }

  /// Reads the only column.
  package func decode<Value: PostgresDecodable>(
    _ type: Value.Type
  ) throws(PostgresError) -> Value {
    try check(columns: 1, "\(type)")
    return try read(type, 0)
  }

  /// Reads the row as a type that reads rows.
  package func decode<Value: RowDecodable>(
    _ type: Value.Type
  ) throws(PostgresError) -> Value {
    try Value(row: self)
  }

  /// Reads one column, counted from 0.
  package func decode<Value: PostgresDecodable>(
    _ type: Value.Type = Value.self,
    column: Int
  ) throws(PostgresError) -> Value {
    guard column >= 0, column < columnCount else {
      throw .undecodable(
        DecodingFailure(
          expected: "\(type)",
          reason: "there are \(columnCount) columns, none is \(column)"
        )
      )
    }
    return try read(type, column)
  }

  /// Reads one column by its name.
  package func decode<Value: PostgresDecodable>(
    _ type: Value.Type = Value.self,
    named name: String
  ) throws(PostgresError) -> Value {
    guard let column = (0..<columnCount).first(where: { result.columnName($0) == name }) else {
      throw .undecodable(
        DecodingFailure(expected: "\(type)", reason: "there is no column \(name)")
      )
    }
    return try read(type, column)
  }

  private func check(
    columns: Int,
    _ expected: @autoclosure () -> String
  ) throws(PostgresError) {
    guard columns != columnCount else { return }
    throw .undecodable(
      DecodingFailure(
        expected: expected(),
        reason: "there are \(columnCount) columns, not \(columns)"
      )
    )
  }

  private func next<Value: PostgresDecodable>(
    _ type: Value.Type,
    _ column: inout Int
  ) throws(PostgresError) -> Value {
    defer { column += 1 }
    return try decode(type, column: column)
  }

  private func read<Value: PostgresDecodable>(
    _ type: Value.Type,
    _ column: Int
  ) throws(PostgresError) -> Value {
    do throws(DecodingFailure) {
      return try Value.decode(result.cell(row: index, column: column))
    } catch {
      var failure = error
      failure.column = column
      failure.name = result.columnName(column)
      throw .undecodable(failure)
    }
  }
}

import CPostgres

/// Owns one PGresult.
///
/// Unchecked, since the compiler cannot know that nothing changes a PGresult after libpq has
/// handed it over: everything below only reads it, and it is freed once, when no one has it.
final class ResultHandle: @unchecked Sendable {
  let pointer: OpaquePointer
  let rowCount: Int
  let columnCount: Int

  init(_ pointer: OpaquePointer) {
    self.pointer = pointer
    rowCount = Int(PQntuples(pointer))
    columnCount = Int(PQnfields(pointer))
  }

  deinit {
    PQclear(pointer)
  }

  var status: ExecStatusType { PQresultStatus(pointer) }
  var byteCount: Int { PQresultMemorySize(pointer) }
  var commandTag: String { PQcmdStatus(pointer).map { String(cString: $0) } ?? "" }
  var affectedCount: Int { PQcmdTuples(pointer).flatMap { Int(String(cString: $0)) } ?? 0 }

  var columns: [Rows.Column] {
    (0..<columnCount).map { column in
      Rows.Column(name: columnName(column), type: columnType(column))
    }
  }

  func columnName(_ column: Int) -> String {
    PQfname(pointer, Int32(column)).map { String(cString: $0) } ?? ""
  }

  func columnType(_ column: Int) -> PostgresType {
    PostgresType(rawValue: PQftype(pointer, Int32(column)))
  }

  func cell(row: Int, column: Int) -> Cell {
    let (row, column) = (Int32(row), Int32(column))
    let type = PostgresType(rawValue: PQftype(pointer, column))
    if PQgetisnull(pointer, row, column) == 1 { return Cell(bytes: nil, type: type) }
    let start = PQgetvalue(pointer, row, column)
    let count = Int(PQgetlength(pointer, row, column))
    return Cell(bytes: UnsafeRawBufferPointer(start: start, count: count), type: type)
  }
}

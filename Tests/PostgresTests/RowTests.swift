import Postgres
import TestSupport
import Testing

@Suite("Rows", .timeLimit(.minutes(5)))
struct RowTests {
  /// Runs the closure, which must throw `undecodable`, and returns why.
  func failure(_ body: () throws -> Void) throws -> DecodingFailure {
    do {
      try body()
    } catch PostgresError.undecodable(let failure) {
      return failure
    }
    throw TestFailure("nothing was thrown")
  }

  @Test("A column of another type is refused by name and type")
  func wrongType() async throws {
    try await withDatabaseConnection { connection in
      let row = try await connection.query("select 1::int8 as id, 'x'::text as name").one()
      let failure = try failure { _ = try row.decode((Int64, Int64).self) }
      #expect(failure.column == 1)
      #expect(failure.name == "name")
      #expect(failure.actual == .text)
      #expect("\(failure)".contains("cannot read column 1 (name) as Int64 from type text"))
    }
  }

  @Test("A wide number is never cut down, a narrow one is widened")
  func widths() async throws {
    try await withDatabaseConnection { connection in
      let row = try await connection.query("select 1::int8, 2::int2").one()
      _ = try failure { _ = try row.decode(Int32.self, column: 0) }
      #expect(try row.decode(Int64.self, column: 1) == 2)
    }
  }

  @Test("NULL is refused unless the type is optional, and checked for its type even then")
  func nulls() async throws {
    try await withDatabaseConnection { connection in
      let row = try await connection.query("select null::int8").one()
      #expect(try failure { _ = try row.decode(Int64.self) }.reason == "it is NULL")
      #expect(try row.decode(Int64?.self) == nil)
      _ = try failure { _ = try row.decode(String?.self) }
    }
  }

  @Test("The number of columns must be the same")
  func columnCount() async throws {
    try await withDatabaseConnection { connection in
      let row = try await connection.query("select 1, 2").one()
      _ = try failure { _ = try row.decode(Int.self) }
      _ = try failure { _ = try row.decode((Int, Int, Int).self) }
      let (one, two) = try row.decode((Int, Int).self)
      #expect(one == 1 && two == 2)
    }
  }

  @Test("Rows are read as types, by name, and counted")
  func types() async throws {
    struct Player: RowDecodable, Equatable {
      var id: Int64
      var name: String
      init(row: Row) throws(PostgresError) {
        (id, name) = try row.decode((Int64, String).self)
      }
    }
    try await withDatabaseConnection { connection in
      let rows = try await connection.query(
        "select n::int8 as id, 'p' || n as name from generate_series(1, 3) n"
      )
      #expect(try rows.decode(Player.self).map(\.name) == ["p1", "p2", "p3"])
      let pairs = try rows.decode((Int64, String).self)
      #expect(pairs.map { $0.0 } == [1, 2, 3])
      #expect(try rows[2].decode(String.self, named: "name") == "p3")
      _ = try failure { _ = try rows[0].decode(String.self, named: "nobody") }
      #expect(rows.affectedCount == 3)
      #expect(throws: PostgresError.expectedOneRow(count: 3)) { try rows.one() }
      #expect(throws: PostgresError.expectedOneRow(count: 3)) { try rows.oneOrNone() }
    }
  }
}

/// What a test says when it has failed in an unforeseen way.
struct TestFailure: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) {
    self.description = description
  }
}

/// Runs the closure and returns the client's error that it throws.
nonisolated(nonsending) func postgresError(
  _ body: () async throws -> Void
) async throws -> PostgresError {
  do {
    try await body()
  } catch let error as PostgresError {
    return error
  }
  throw TestFailure("nothing was thrown")
}

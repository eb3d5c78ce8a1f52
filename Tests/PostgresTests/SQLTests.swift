import Postgres
import TestSupport
import Testing

@Suite("SQL", .timeLimit(.minutes(5)))
struct SQLTests {
  @Test("What is interpolated becomes a number in the text")
  func placeholders() {
    let statement: SQL = "select \(1) where name = \("x' or true --")"
    #expect(statement.text == "select $1 where name = $2")
    #expect(statement.bindings.types == [.int8, .text])
  }

  @Test("Names are quoted so that they can be nothing but names")
  func identifiers() {
    let name = #"a"; drop table users; --"#
    let statement: SQL = "select 1 from \(identifier: name)"
    #expect(statement.text == #"select 1 from "a""; drop table users; --""#)
  }

  @Test("Pieces are put together and numbered anew", arguments: 1...3)
  func pieces(_ repeats: Int) {
    var condition: SQL = "a = \(1)"
    for number in 1..<max(2, repeats) { condition.append(" and b\(identifier: "") = \(number)") }
    let statement: SQL = "select \(0) where \(condition) limit \(10)"
    let last = statement.bindings.count
    #expect(statement.text.hasPrefix("select $1 where a = $2"))
    #expect(statement.text.hasSuffix("limit $\(last)"))
  }

  @Test("More than nine values of a piece keep their order")
  func manyPieces() async throws {
    try await withDatabaseConnection { connection in
      var list: SQL = "\(0)"
      for number in 1..<25 { list.append(", \(number)") }
      let row = try await connection.query("select \(100), array[\(list)]").one()
      #expect(try row.decode((Int, [Int]).self).1 == Array(0..<25))
    }
  }

  @Test("A NUL in a text, or in the statement, is refused before it is sent")
  func nul() async throws {
    try await withDatabaseConnection { connection in
      for statement: SQL in ["select \("a\0b")", "select \(["a", "\0"])", SQL(unsafeText: "sel\0")]
      {
        let error = try await postgresError { _ = try await connection.query(statement) }
        guard case .unencodable(let reason) = error else {
          throw TestFailure("not refused: \(error)")
        }
        #expect(reason.contains("NUL"))
      }
      #expect(try await connection.query("select 1").count == 1)
    }
  }

  @Test("More parameters than the protocol can carry are refused")
  func tooManyParameters() async throws {
    try await withDatabaseConnection { connection in
      var list: SQL = "select \(0)"
      for _ in 0..<65_535 { list.append(", \(true)") }
      let error = try await postgresError { _ = try await connection.query(list) }
      #expect(error == .tooManyParameters(count: 65_536, limit: 65_535))
    }
  }

  @Test("A value that is larger than the limit is refused")
  func tooLarge() async throws {
    try await withDatabase { database in
      var configuration = database.configuration
      configuration.maximumParameterBytes = 1_000
      try await PostgresConnection.withConnection(configuration) { connection in
        let error = try await postgresError {
          _ = try await connection.query("select \(String(repeating: "x", count: 1_001))")
        }
        #expect(error == .parametersTooLarge(bytes: 1_001, limit: 1_000))
      }
    }
  }
}

import Postgres
import TestSupport
import Testing

@Suite("Prepared statements", .timeLimit(.minutes(5)))
struct StatementTests {
  func prepared(_ connection: PostgresConnection) async throws -> Int {
    let count: SQL = "select count(*) from pg_prepared_statements"
    return try await connection.query(count, QueryOptions(isPrepared: false)).one()
      .decode(Int.self)
  }

  @Test("The same text is prepared once, and old ones make room")
  func leastRecentlyUsed() async throws {
    try await withDatabase { database in
      var configuration = database.configuration
      configuration.statementCacheCapacity = 3
      try await PostgresConnection.withConnection(configuration) { connection in
        for _ in 0..<5 { _ = try await connection.query("select \(1)") }
        #expect(try await prepared(connection) == 1)
        for number in 0..<10 {
          _ = try await connection.query(SQL(unsafeText: "select \(number)"))
        }
        _ = try await connection.query("select 9")
        // The last to be replaced is dropped with the next statement.
        #expect(try await prepared(connection) <= 4)
      }
    }
  }

  @Test("Statements are prepared again after DISCARD ALL and DEALLOCATE ALL")
  func discarded() async throws {
    try await withDatabaseConnection { connection in
      for drop in ["discard all", "deallocate all"] {
        #expect(try await connection.query("select \(1)").count == 1)
        try await connection.execute(SQL(unsafeText: drop))
        #expect(try await connection.query("select \(1)").count == 1)
        try await connection.execute(script: drop)
        #expect(try await connection.query("select \(1)").count == 1)
        // Where the client cannot see it coming.
        try await connection.execute(
          SQL(
            unsafeText:
              "do $$ begin execute '\(drop == "discard all" ? "deallocate all" : drop)'; end $$"
          )
        )
        #expect(try await connection.query("select \(1)").count == 1)
      }
    }
  }

  @Test("A statement whose table has changed is prepared again")
  func changedTable() async throws {
    try await withDatabaseConnection { connection in
      try await connection.execute(script: "create table t (a int8); insert into t values (1)")
      let all: SQL = "select * from t"
      #expect(try await connection.query(all).columns.count == 1)
      try await connection.execute("alter table t add column b text")
      #expect(try await connection.query(all).columns.count == 2)
    }
  }

  @Test("Inside a transaction a changed table is an error that says: begin anew")
  func changedTableInTransaction() async throws {
    try await withDatabaseConnection { connection in
      try await connection.execute(script: "create table t (a int8)")
      let all: SQL = "select * from t"
      _ = try await connection.query(all)
      try await connection.execute("alter table t add column b text")
      let error = try await postgresError {
        try await connection.withTransaction { _ = try await $0.query(all) }
      }
      #expect(error.isTransient)
      let columns = try await connection.withTransaction { try await $0.query(all).columns }
      #expect(columns.count == 2)
    }
  }

  @Test("A statement that cannot be prepared is no burden afterwards")
  func wrongStatement() async throws {
    try await withDatabaseConnection { connection in
      for _ in 0..<3 {
        let error = try await postgresError { _ = try await connection.query("select nothing") }
        #expect(error.sqlState == .undefinedColumn)
      }
      try await connection.execute("create table later (n int8)")
      #expect(try await connection.query("select n from later").isEmpty)
    }
  }

  @Test("Many callers of one new statement that is wrong all get its error")
  func wrongStatementOfMany() async throws {
    try await withDatabaseConnection { connection in
      let states = await withTaskGroup(of: SQLState?.self) { group in
        for _ in 0..<50 {
          group.addTask {
            do throws(PostgresError) {
              _ = try await connection.query("select nothing")
              return nil
            } catch {
              return error.sqlState
            }
          }
        }
        return await group.reduce(into: Set<SQLState?>()) { $0.insert($1) }
      }
      #expect(states == [.undefinedColumn])
    }
  }
}

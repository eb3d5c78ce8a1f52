import Postgres
import TestSupport
import Testing

@Suite("Transactions", .timeLimit(.minutes(5)))
struct TransactionTests {
  func withTable(
    _ body: (PostgresConnection) async throws -> Void
  ) async throws {
    try await withDatabaseConnection { connection in
      try await connection.execute("create table t (n int8 unique deferrable initially deferred)")
      try await body(connection)
    }
  }

  func numbers(_ connection: PostgresConnection) async throws -> [Int64] {
    try await connection.query("select n from t order by n").decode(Int64.self)
  }

  struct Refused: Error {}

  @Test("What returns is committed, what throws is rolled back")
  func commitAndRollback() async throws {
    try await withTable { connection in
      let value = try await connection.withTransaction { transaction in
        try await transaction.execute("insert into t values (1)")
        return 5
      }
      #expect(value == 5)
      await #expect(throws: Refused.self) {
        try await connection.withTransaction { transaction in
          try await transaction.execute("insert into t values (2)")
          throw Refused()
        }
      }
      #expect(try await numbers(connection) == [1])
      #expect(await connection.isClean)
    }
  }

  @Test("Isolation level and read-only are the server's")
  func options() async throws {
    try await withTable { connection in
      let options = TransactionOptions(isolation: .serializable, isReadOnly: true)
      let level = try await connection.withTransaction(options) { transaction in
        try await transaction.query("show transaction_isolation").one().decode(String.self)
      }
      #expect(level == "serializable")
      let error = try await postgresError {
        try await connection.withTransaction(options) { transaction in
          _ = try await transaction.execute("insert into t values (1)")
        }
      }
      #expect(error.sqlState == .readOnlyTransaction)
    }
  }

  @Test("After a failed statement nothing more is done, even if the error is swallowed")
  func swallowedError() async throws {
    try await withTable { connection in
      let error = try await postgresError {
        try await connection.withTransaction { transaction in
          try await transaction.execute("insert into t values (1)")
          _ = try? await transaction.query("select 1/0")
          let next = try await postgresError { _ = try await transaction.query("select 1") }
          #expect(next.sqlState == .transactionFailed)
        }
      }
      #expect(error == .transactionRolledBack)
      #expect(try await numbers(connection).isEmpty)
    }
  }

  @Test("An error of COMMIT itself is thrown")
  func commitFails() async throws {
    try await withTable { connection in
      let error = try await postgresError {
        try await connection.withTransaction { transaction in
          try await transaction.execute("insert into t values (1)")
          try await transaction.execute("insert into t values (1)")
        }
      }
      #expect(error.sqlState == .uniqueViolation)
      #expect(try await numbers(connection).isEmpty)
      #expect(await connection.isClean)
    }
  }

  @Test("A savepoint rolls back only its own work")
  func savepoints() async throws {
    try await withTable { connection in
      try await connection.withTransaction { transaction in
        try await transaction.execute("insert into t values (1)")
        do {
          try await transaction.withSavepoint { inner in
            try await inner.execute("insert into t values (2)")
            _ = try await inner.query("select 1/0")
          }
        } catch let error as PostgresError {
          #expect(error.sqlState == .divisionByZero)
        }
        try await transaction.withSavepoint { inner in
          _ = try await inner.execute("insert into t values (3)")
        }
      }
      #expect(try await numbers(connection) == [1, 3])
    }
  }

  @Test("A transaction cannot be used after its end")
  func afterTheEnd() async throws {
    try await withTable { connection in
      let kept = try await connection.withTransaction { $0 }
      let error = try await postgresError { _ = try await kept.query("select 1") }
      #expect(error == .transactionEnded)
    }
  }

  @Test("A cancelled task rolls back")
  func cancelled() async throws {
    try await withTable { connection in
      let task = Task {
        try await connection.withTransaction { transaction in
          try await transaction.execute("insert into t values (1)")
          withUnsafeCurrentTask { $0?.cancel() }
          _ = try await transaction.query("select 1")
        }
      }
      let error = try await postgresError { try await task.value }
      #expect(error == .cancelled)
      #expect(await connection.isClean)
      #expect(try await numbers(connection).isEmpty)
    }
  }

  @Test("A connection that breaks during COMMIT leaves the outcome unknown")
  func commitUnknown() async throws {
    try await withTable { connection in
      let process = await connection.serverProcess
      try await connection.execute(
        script: """
          create function die() returns trigger language plpgsql as $$
          begin perform pg_terminate_backend(pg_backend_pid()); perform pg_sleep(60); end $$;
          create constraint trigger die after insert on t deferrable initially deferred
          for each row execute function die();
          """
      )
      let error = try await postgresError {
        try await connection.withTransaction { transaction in
          _ = try await transaction.execute("insert into t values (1)")
        }
      }
      guard case .commitUnknown(let loss) = error else {
        throw TestFailure("unexpected: \(error)")
      }
      #expect(loss.serverError?.sqlState == .adminShutdown)
      #expect(error.isOutcomeUnknown)
      #expect(process != 0)
    }
  }

  @Test("COMMIT that takes too long leaves the outcome unknown")
  func commitTooLate() async throws {
    try await withTable { connection in
      try await connection.execute(
        script: """
          create function wait() returns trigger language plpgsql as $$
          begin perform pg_sleep(60); return null; end $$;
          create constraint trigger wait after insert on t deferrable initially deferred
          for each row execute function wait();
          """
      )
      let error = try await postgresError {
        let options = TransactionOptions(commitTimeoutMilliseconds: 100)
        try await connection.withTransaction(options) { transaction in
          _ = try await transaction.execute("insert into t values (1)")
        }
      }
      guard case .commitUnknown = error else { throw TestFailure("unexpected: \(error)") }
    }
  }

  @Test("A script inside a transaction commits and rolls back with it")
  func script() async throws {
    try await withTable { connection in
      let notices = try await connection.withTransaction { transaction in
        try await transaction.execute(
          script: """
            insert into t values (1);
            do $$ begin raise notice 'one'; raise warning 'two'; end $$;
            insert into t values (2)
            """
        )
      }
      #expect(notices.map(\.message) == ["one", "two"])
      #expect(notices.map(\.severity) == ["NOTICE", "WARNING"])
      let error = try await postgresError {
        try await connection.withTransaction { transaction in
          _ = try await transaction.execute(script: "insert into t values (3); select 1/0")
        }
      }
      #expect(error.sqlState == .divisionByZero)
      #expect(try await numbers(connection) == [1, 2])
    }
  }
}

import Postgres
import TestSupport
import Testing

@Suite("Cancellation and time limits", .timeLimit(.minutes(5)))
struct CancellationTests {
  /// Waits until the server runs that many statements with this text.
  func waitUntilRunning(
    _ text: String,
    count: Int = 1,
    in database: TestDatabase
  ) async throws {
    try await PostgresConnection.withConnection(database.configuration) { observer in
      while try await observer.query(
        """
        select count(*) from pg_stat_activity
        where state = 'active' and query like \(text + "%") and datname = current_database()
        """
      ).one().decode(Int.self) < count {}
    }
  }

  @Test("A cancelled task ends its statement on the server")
  func task() async throws {
    try await withDatabase { database in
      let connection = try await database.connect()
      let task = Task { try await connection.query("select pg_sleep(600)") }
      try await waitUntilRunning("select pg_sleep(600)", in: database)
      task.cancel()
      let error = try await postgresError { _ = try await task.value }
      #expect(error == .cancelled)
      #expect(try await connection.query("select 1").count == 1)
      await connection.close()
    }
  }

  @Test("A cancelled task does not send anything")
  func cancelledBefore() async throws {
    try await withDatabaseConnection { connection in
      let task = Task {
        while !Task.isCancelled { await Task.yield() }
        return try await connection.query("select 1")
      }
      task.cancel()
      let error = try await postgresError { _ = try await task.value }
      #expect(error == .cancelled)
    }
  }

  @Test("A statement past its time limit is cancelled, and its neighbours are not")
  func deadline() async throws {
    try await withDatabaseConnection { connection in
      let outcomes = await withTaskGroup(of: (Int, PostgresError?).self) { group in
        for number in 0..<20 {
          group.addTask {
            let slow: SQL = "select pg_sleep(600)"
            let quick: SQL = "select \(number), pg_sleep(0.01)"
            let options = QueryOptions(timeoutMilliseconds: number == 5 ? 300 : 60_000)
            do throws(PostgresError) {
              _ = try await connection.query(number == 5 ? slow : quick, options)
              return (number, nil)
            } catch {
              return (number, error)
            }
          }
        }
        return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
      }
      #expect(outcomes == [5: .timedOut(milliseconds: 300)])
    }
  }

  @Test("A statement past its limit in the line is never sent")
  func deadlineInLine() async throws {
    try await withDatabase { database in
      var configuration = database.configuration
      configuration.maximumInFlight = 1
      try await PostgresConnection.withConnection(configuration) { connection in
        try await connection.execute("create table t (n int8)")
        let slow = Task { try await connection.query("select pg_sleep(600)") }
        try await waitUntilRunning("select pg_sleep(600)", in: database)
        let error = try await postgresError {
          try await connection.execute(
            "insert into t values (1)",
            QueryOptions(timeoutMilliseconds: 50)
          )
        }
        #expect(error == .timedOut(milliseconds: 50))
        slow.cancel()
        _ = await slow.result
        #expect(try await connection.query("select n from t").isEmpty)
      }
    }
  }

  @Test("Statements behind one that is cancelled again and again all get their answer")
  func innocentNeighbours() async throws {
    try await withDatabase { database in
      let connection = try await database.connect()
      for round in 0..<20 {
        let slow = Task { try await connection.query("select pg_sleep(600)") }
        try await waitUntilRunning("select pg_sleep(600)", in: database)
        let neighbours = (0..<20).map { number in
          Task { try await connection.query("select \(number)").one().decode(Int.self) }
        }
        slow.cancel()
        #expect(try await postgresError { _ = try await slow.value } == .cancelled)
        for (number, task) in neighbours.enumerated() {
          #expect(try await task.value == number, "round \(round)")
        }
      }
      await connection.close()
    }
  }

  @Test("The server's own statement_timeout can be set with the connection")
  func serverTimeout() async throws {
    try await withDatabase { database in
      var configuration = database.configuration
      configuration.settings = ["statement_timeout": "50", "application_name": "a b\\c"]
      try await PostgresConnection.withConnection(configuration) { connection in
        #expect(await connection.reportedSetting("application_name") == "a b\\c")
        let error = try await postgresError {
          _ = try await connection.query("select pg_sleep(600)")
        }
        #expect(error.sqlState == .queryCanceled)
      }
    }
  }

  @Test("A statement that cannot be cancelled ends with the connection")
  func patience() async throws {
    try await withDatabase { database in
      var configuration = database.configuration
      configuration.cancelGraceMilliseconds = 200
      let connection = try await PostgresConnection.connect(configuration)
      let process = await connection.serverProcess
      try await PostgresConnection.withConnection(database.configuration) { other in
        // A stopped process answers no cancellation.
        stop(process)
        let error = try await postgresError {
          _ = try await connection.query("select 1", QueryOptions(timeoutMilliseconds: 50))
        }
        resume(process)
        guard case .connectionLost(let loss) = error else {
          throw TestFailure("unexpected: \(error)")
        }
        #expect(loss.wasSent)
        #expect(error.isOutcomeUnknown)
        #expect(await connection.isOpen == false)
        _ = try await other.query("select 1")
      }
    }
  }

  @Test("A script that is cancelled ends, and so does one past its limit")
  func scripts() async throws {
    try await withDatabase { database in
      let connection = try await database.connect()
      let task = Task { try await connection.execute(script: "select 1; select pg_sleep(600)") }
      try await waitUntilRunning("select 1; select pg_sleep(600)", in: database)
      task.cancel()
      #expect(try await postgresError { _ = try await task.value } == .cancelled)
      let late = try await postgresError {
        try await connection.execute(script: "select pg_sleep(600)", timeoutMilliseconds: 100)
      }
      #expect(late == .timedOut(milliseconds: 100))
      #expect(try await connection.query("select 1").count == 1)
      await connection.close()
    }
  }
}

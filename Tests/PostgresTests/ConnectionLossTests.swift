import Postgres
import TestSupport
import Testing

@Suite("Lost connections", .timeLimit(.minutes(5)))
struct ConnectionLossTests {
  /// Begins that many slow statements and returns when all are with the server or in the pipeline.
  func slowStatements(_ count: Int, _ connection: PostgresConnection) async throws
    -> [Task<Rows, any Error>]
  {
    (0..<count).map { _ in Task { try await connection.query("select pg_sleep(600)") } }
  }

  func waitUntilSlow(_ configuration: PostgresConfiguration) async throws {
    try await PostgresConnection.withConnection(configuration) { observer in
      while try await observer.query(
        """
        select count(*) from pg_stat_activity
        where state = 'active' and query = 'select pg_sleep(600)'
          and datname = current_database()
        """
      ).one().decode(Int.self) == 0 {}
    }
  }

  @Test("When the server is killed all fail at once, and the pool recovers after its restart")
  func kill() async throws {
    try await PrivateServer.with { server in
      let connection = try await PostgresConnection.connect(server.configuration)
      let waiters = try await slowStatements(50, connection)
      let pool = PostgresPool(server.configuration)
      #expect(try await pool.query("select 1").count == 1)
      try await waitUntilSlow(server.configuration)
      try await server.killHard()
      for waiter in waiters {
        let error = try await postgresError { _ = try await waiter.value }
        guard case .connectionLost = error else { throw TestFailure("unexpected: \(error)") }
      }
      await connection.waitUntilClosed()
      let down = try await postgresError {
        _ = try await PostgresConnection.connect(server.configuration)
      }
      guard case .connectionFailed = down else { throw TestFailure("unexpected: \(down)") }
      try await server.start()
      #expect(try await pool.query("select 2").one().decode(Int32.self) == 2)
      await pool.shutdown()
    }
  }

  @Test("A backend that is terminated gives its last word to all who wait")
  func terminated() async throws {
    try await withDatabase { database in
      let connection = try await database.connect()
      let waiters = try await slowStatements(10, connection)
      try await waitUntilSlow(database.configuration)
      try await terminate(connection, database)
      for waiter in waiters {
        let error = try await postgresError { _ = try await waiter.value }
        #expect(error.sqlState == .adminShutdown)
        #expect(error.isOutcomeUnknown)
      }
      let after = try await postgresError { _ = try await connection.query("select 1") }
      #expect(after.sqlState == .adminShutdown)
      #expect(!after.isOutcomeUnknown)
    }
  }

  func terminate(_ connection: PostgresConnection, _ database: TestDatabase) async throws {
    let process = await connection.serverProcess
    try await PostgresConnection.withConnection(database.configuration) { other in
      _ = try await other.query("select pg_terminate_backend(\(process))")
    }
  }

  @Test("An idle connection notices its end by itself, and knows why")
  func terminatedWhileIdle() async throws {
    try await withDatabase { database in
      let connection = try await database.connect()
      _ = try await connection.query("select 1")
      try await terminate(connection, database)
      await connection.waitUntilClosed()
      let error = try await postgresError { _ = try await connection.query("select 1") }
      #expect(error.sqlState == .adminShutdown)
    }
  }

  @Test("A script fails when the backend ends")
  func script() async throws {
    try await withDatabase { database in
      let connection = try await database.connect()
      let script = Task { try await connection.execute(script: "select pg_sleep(600)") }
      try await waitUntilSlow(database.configuration)
      try await terminate(connection, database)
      let error = try await postgresError { _ = try await script.value }
      #expect(error.sqlState == .adminShutdown)
    }
  }

  @Test("A copy fails when the backend ends")
  func copy() async throws {
    try await withDatabase { database in
      let connection = try await database.connect()
      try await connection.execute("create table t (words text)")
      let error = try await postgresError {
        try await connection.copyIn("copy t from stdin") { writer in
          try await terminate(connection, database)
          while true { try await writer.write(Array("words\n".utf8)) }
        }
      }
      try expectLoss(error)
    }
  }

  @Test("A stream fails when the backend ends, though it cannot say goodbye behind its rows")
  func stream() async throws {
    try await withDatabase { database in
      let connection = try await database.connect()
      let error = try await postgresError {
        try await connection.queryStream(
          "select n from generate_series(1, 100000) m, generate_series(1, 10000) n"
        ) { rows in
          try await terminate(connection, database)
          for try await _ in rows {}
        }
      }
      try expectLoss(error)
    }
  }

  /// The server's last word, where it came through, or the loss itself.
  func expectLoss(_ error: PostgresError) throws {
    if error.sqlState == .adminShutdown { return }
    guard case .connectionLost = error else { throw TestFailure("unexpected: \(error)") }
  }

  @Test("Close fails what is under way, may be called again, and nothing is sent afterwards")
  func close() async throws {
    try await withDatabase { database in
      let connection = try await database.connect()
      let waiters = try await slowStatements(5, connection)
      try await waitUntilSlow(database.configuration)
      await connection.close()
      await connection.close()
      for waiter in waiters {
        let error = try await postgresError { _ = try await waiter.value }
        #expect(error.isConnectionFatal)
      }
      let error = try await postgresError { _ = try await connection.query("select 1") }
      #expect(error == .connectionClosed)
    }
  }

  @Test("A connection that nobody holds any more is closed")
  func forgotten() async throws {
    try await withDatabase { database in
      var process: Int32 = 0
      do {
        let connection = try await database.connect()
        _ = try await connection.query("select 1")
        process = await connection.serverProcess
      }
      let gone = process
      try await PostgresConnection.withConnection(database.configuration) { observer in
        while try await observer.query(
          "select count(*) from pg_stat_activity where pid = \(gone)"
        ).one().decode(Int.self) > 0 {}
      }
    }
  }
}

import Postgres
import TestSupport
import Testing

@Suite("Pool", .timeLimit(.minutes(5)))
struct PoolTests {
  func withPool(
    _ change: (inout PoolConfiguration) -> Void = { _ in },
    _ body: (PostgresPool, TestDatabase) async throws -> Void
  ) async throws {
    try await withDatabase { database in
      var limits = PoolConfiguration()
      change(&limits)
      let pool = PostgresPool(database.configuration, limits)
      do {
        try await body(pool, database)
        await pool.shutdown()
      } catch {
        await pool.shutdown(graceMilliseconds: 0)
        throw error
      }
    }
  }

  @Test("Never more connections than the limit, however many ask")
  func bounded() async throws {
    let slowMachine = 60_000
    try await withPool({
      $0.maximumConnections = 3
      $0.waitTimeoutMilliseconds = slowMachine
    }) { pool, _ in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<100 {
          group.addTask {
            try await pool.withTransaction { _ = try await $0.query("select 1") }
          }
        }
        try await group.waitForAll()
      }
      #expect(pool.counters.created <= 3)
      #expect(pool.counters.inUse == 0)
      #expect(pool.counters.waiting == 0)
    }
  }

  @Test("A caller waits so long and no longer, and only so many may wait")
  func boundedWait() async throws {
    try await withPool({
      $0.maximumConnections = 1
      $0.maximumWaiters = 1
      $0.waitTimeoutMilliseconds = 3_000
    }) { pool, _ in
      try await pool.withConnection { _ in
        let errors = await withTaskGroup(of: PostgresError?.self) { group in
          for _ in 0..<2 {
            group.addTask {
              do {
                try await pool.withConnection { _ in }
                return nil
              } catch {
                return error as? PostgresError
              }
            }
          }
          return await group.compactMap { $0 }.reduce(into: []) { $0.append($1) }
        }
        #expect(errors.contains(.poolQueueFull(limit: 1)))
        let waited = errors.compactMap { error -> Int? in
          if case .poolExhausted(let waited, _) = error { waited } else { nil }
        }
        #expect(waited.count == 1 && waited[0] >= 3_000)
        #expect(pool.counters.timedOut == 1)
      }
      #expect(try await pool.query("select 1").count == 1)
    }
  }

  @Test("A caller whose task is cancelled does not wait any more")
  func cancelledWait() async throws {
    try await withPool({ $0.maximumConnections = 1 }) { pool, _ in
      try await pool.withConnection { _ in
        let task = Task { try await pool.withConnection { _ in } }
        while pool.counters.waiting == 0 { try await Task.sleep(for: .milliseconds(1)) }
        task.cancel()
        let error = try await postgresError { try await task.value }
        #expect(error == .cancelled)
        #expect(pool.counters.waiting == 0)
      }
    }
  }

  @Test("A connection that comes back inside a transaction is closed, its work rolled back")
  func dirty() async throws {
    try await withPool({ $0.maximumConnections = 1 }) { pool, _ in
      _ = try await pool.query("create table t (n int8)")
      try await pool.withConnection { connection in
        try await connection.execute(script: "begin; insert into t values (1)")
      }
      #expect(try await pool.query("select n from t").isEmpty)
      #expect(pool.counters.created == 2)
    }
  }

  @Test("query() may not begin a transaction; nobody's work is swallowed by one")
  func noTransactionByQuery() async throws {
    try await withPool({ $0.maximumConnections = 1 }) { pool, _ in
      _ = try await pool.query("create table t (n int8)")
      _ = try? await pool.query("begin")
      _ = try await pool.query("insert into t values (1)")
      let error = try await postgresError {
        _ = try await pool.withConnection { try await $0.query("rollback; select 1") }
      }
      #expect(error.sqlState == .syntaxError)
      #expect(try await pool.query("select n from t").count == 1)
    }
  }

  @Test("A batch on the pool may hold a whole transaction, but not half of one")
  func halfTransaction() async throws {
    try await withPool({ $0.maximumConnections = 1 }) { pool, _ in
      _ = try await pool.query("create table t (n int8)")
      let whole = Batch(["begin", "insert into t values (1)", "commit"], asOneUnit: true)
      for result in try await pool.run(whole) { _ = try result.get() }
      #expect(pool.counters.created == 1)
      let half = Batch(["begin", "insert into t values (2)", "select 1"], asOneUnit: false)
      let results = try await pool.run(half)
      #expect(results[2].failure?.isConnectionFatal == true)
      #expect(try await pool.query("select n from t").count == 1)
      #expect(pool.counters.created == 2)
    }
  }

  @Test("Many statements share a connection when there is no other")
  func sharing() async throws {
    try await withPool({
      $0.maximumConnections = 1
      $0.waitTimeoutMilliseconds = 60_000
    }) { pool, _ in
      let numbers = try await withThrowingTaskGroup(of: Int.self) { group in
        for number in 0..<500 {
          group.addTask {
            try await pool.query("select \(number)").one().decode(Int.self)
          }
        }
        return try await group.reduce(into: Set<Int>()) { $0.insert($1) }
      }
      #expect(numbers.count == 500)
    }
  }

  @Test("A connection that is terminated is replaced")
  func terminated() async throws {
    try await withPool { pool, database in
      let process = try await pool.withConnection { await $0.serverProcess }
      try await PostgresConnection.withConnection(database.configuration) { other in
        _ = try await other.query("select pg_terminate_backend(\(process))")
      }
      while pool.counters.idle > 0 { try await Task.sleep(for: .milliseconds(1)) }
      let next = try await pool.withConnection { await $0.serverProcess }
      #expect(next != process)
    }
  }

  @Test("Connections older than their lifetime are replaced")
  func lifetime() async throws {
    try await withPool({
      $0.maximumConnections = 1
      $0.maximumLifetimeMilliseconds = 0
    }) { pool, _ in
      for _ in 0..<3 { try await pool.withConnection { _ = try await $0.query("select 1") } }
      #expect(pool.counters.created == 3)
    }
  }

  @Test("An idle connection that does not answer any more is replaced")
  func healthCheck() async throws {
    try await withDatabase { database in
      var configuration = database.configuration
      configuration.cancelGraceMilliseconds = 100
      var limits = PoolConfiguration()
      limits.maximumConnections = 1
      limits.healthCheckMilliseconds = 50
      limits.healthCheckTimeoutMilliseconds = 50
      let pool = PostgresPool(configuration, limits)
      let process = try await pool.withConnection { await $0.serverProcess }
      stop(process)
      while pool.counters.ended == 0 { try await Task.sleep(for: .milliseconds(1)) }
      resume(process)
      #expect(try await pool.query("select 1").count == 1)
      await pool.shutdown()
    }
  }

  @Test("Shutdown waits for those that have a connection, and takes no others")
  func shutdown() async throws {
    try await withDatabase { (database: TestDatabase) async throws in
      let pool = PostgresPool(database.configuration)
      let (started, start) = AsyncStream<Void>.makeStream()
      let (mayEnd, end) = AsyncStream<Void>.makeStream()
      let user = Task {
        try await pool.withTransaction { transaction in
          _ = try await transaction.query("select 1")
          start.finish()
          for await _ in mayEnd {}
          return try await transaction.query("select 2").count
        }
      }
      for await _ in started {}
      let stopping = Task { await pool.shutdown() }
      var error: PostgresError?
      while error == nil {
        do throws(PostgresError) {
          _ = try await pool.query("select 1")
        } catch let refusal {
          error = refusal
        }
      }
      #expect(error == .poolClosed)
      end.finish()
      let count = try await user.value
      #expect(count == 1)
      await stopping.value
      #expect(pool.counters.inUse == 0)
      await pool.shutdown()
    }
  }

  @Test("Where no connection can be made the caller learns why")
  func noServer() async throws {
    var configuration = try testServer()
    configuration.options["host"] = "127.0.0.1"
    configuration.options["port"] = "1"
    var limits = PoolConfiguration()
    limits.waitTimeoutMilliseconds = 3_000
    let pool = PostgresPool(configuration, limits)
    let error = try await postgresError { _ = try await pool.query("select 1") }
    guard case .poolExhausted(_, let cause?) = error else {
      throw TestFailure("unexpected: \(error)")
    }
    #expect(cause.contains("port 1 "))
    #expect(pool.counters.failed > 0)
    await pool.shutdown()
  }
}

import Postgres
import TestSupport
import Testing

@Suite("Pipelining", .timeLimit(.minutes(5)))
struct PipelineTests {
  @Test("A thousand queries from a hundred tasks each get their own answer")
  func thousandQueries() async throws {
    try await withDatabaseConnection { connection in
      let wrong = try await withThrowingTaskGroup(of: Int.self) { group in
        for task in 0..<100 {
          group.addTask {
            var wrong = 0
            for number in 0..<10 {
              let sent = task * 10 + number
              let got = try await connection.query("select \(sent)").one().decode(Int.self)
              if got != sent { wrong += 1 }
            }
            return wrong
          }
        }
        return try await group.reduce(0, +)
      }
      #expect(wrong == 0)
    }
  }

  @Test("An error in the middle fails its own caller only")
  func errorInTheMiddle() async throws {
    try await withDatabaseConnection { connection in
      let failed = try await withThrowingTaskGroup(of: Bool.self) { group in
        for number in 0..<100 {
          group.addTask {
            do {
              let divisor = number % 10
              _ = try await connection.query("select 1 / \(divisor)")
              return false
            } catch PostgresError.server(let error) where error.sqlState == .divisionByZero {
              return true
            }
          }
        }
        return try await group.filter { $0 }.reduce(into: 0) { count, _ in count += 1 }
      }
      #expect(failed == 10)
    }
  }

  @Test("A batch of units goes on after a failed one; a unit does all or nothing")
  func batches() async throws {
    try await withDatabaseConnection { connection in
      try await connection.execute("create table t (n int8 primary key)")
      var batch = Batch()
      batch.add("insert into t values (1)", endsUnit: false)
      batch.add("insert into t values (1)")
      batch.add("insert into t values (2)")
      batch.add("select 1/0")
      batch.add("insert into t values (3)", endsUnit: false)
      batch.add("insert into t values (4)")
      let results = try await connection.run(batch)
      #expect(results.map(\.isSuccess) == [false, false, true, false, true, true])
      #expect(results[0].failure == .pipelineAborted)
      #expect(results[1].failure?.sqlState == .uniqueViolation)
      let rows = try await connection.query("select n from t order by n").decode(Int64.self)
      #expect(rows == [2, 3, 4])
    }
  }

  @Test("An error that comes only with the commit reaches the caller")
  func errorAtSync() async throws {
    try await withDatabaseConnection { connection in
      try await connection.execute(
        script:
          "create table t (n int8 unique deferrable initially deferred); insert into t values (1)"
      )
      let errors = await withTaskGroup(of: PostgresError?.self) { group in
        for number in [1, 2, 1, 3] {
          group.addTask {
            do throws(PostgresError) {
              try await connection.execute("insert into t values (\(number))")
              return nil
            } catch {
              return error
            }
          }
        }
        return await group.compactMap { $0 }.reduce(into: []) { $0.append($1) }
      }
      #expect(errors.map(\.sqlState) == [.uniqueViolation, .uniqueViolation])
      #expect(try await connection.query("select n from t").count == 3)
    }
  }

  @Test("The error says all that the server knows")
  func errorFields() async throws {
    try await withDatabaseConnection { connection in
      try await connection.execute(
        "create table people (age int8 not null constraint age_is_sane check (age < 150))"
      )
      let error = try await postgresError {
        try await connection.execute("insert into people values (200)")
      }
      let server = try #require(error.serverError)
      #expect(server.table == "people")
      #expect(server.schema == "public")
      #expect(server.constraint == "age_is_sane")
      #expect(server.severity == "ERROR")
      switch server.sqlState {
      case .uniqueViolation: Issue.record("the wrong code")
      case .checkViolation: break
      default: Issue.record("the wrong code")
      }
      #expect(server.sqlState.category == .integrityConstraintViolation)
      let null = try await postgresError {
        try await connection.execute("insert into people values (null)")
      }
      #expect(null.serverError?.column == "age")
    }
  }

  @Test("As many as may wait do, one more is refused")
  func queueIsBounded() async throws {
    try await withDatabase { database in
      var configuration = database.configuration
      configuration.maximumInFlight = 1
      configuration.maximumQueued = 2
      try await PostgresConnection.withConnection(configuration) { connection in
        let lock = try await PostgresConnection.connect(configuration)
        try await lock.execute("select pg_advisory_lock(1)")
        let outcomes = await withTaskGroup(of: PostgresError?.self) { group in
          for _ in 0..<4 {
            group.addTask {
              do throws(PostgresError) {
                _ = try await connection.query("select pg_advisory_xact_lock(1)")
                return nil
              } catch {
                return error
              }
            }
          }
          let first = await group.next()!
          await lock.close()
          return await group.reduce(into: [first]) { $0.append($1) }
        }
        #expect(outcomes.compactMap { $0 } == [.connectionQueueFull(limit: 2)])
      }
    }
  }

  @Test("An answer that is too large is an error, and the connection goes on")
  func largeAnswers() async throws {
    try await withDatabaseConnection { connection in
      let huge = try await postgresError {
        _ = try await connection.query(
          "select repeat('x', 1000) from generate_series(1, 2000000)",
          QueryOptions(maximumResultBytes: 1 << 20)
        )
      }
      #expect(huge == .resultTooLarge(limitBytes: 1 << 20))
      let small = try await postgresError {
        _ = try await connection.query(
          "select repeat('x', 1000) from generate_series(1, 100)",
          QueryOptions(maximumResultBytes: 10_000)
        )
      }
      #expect(small == .resultTooLarge(limitBytes: 10_000))
      let rows = try await postgresError {
        _ = try await connection.query(
          "select 1 from generate_series(1, 11)",
          QueryOptions(maximumRows: 10)
        )
      }
      #expect(rows == .tooManyRows(limit: 10))
      #expect(try await connection.query("select 1").count == 1)
    }
  }

  @Test("COPY by query() is refused with what to use instead")
  func copyByQuery() async throws {
    try await withDatabaseConnection { connection in
      let error = try await postgresError {
        _ = try await connection.query("copy (select 1) to stdout")
      }
      #expect("\(error)".contains("COPY"))
    }
  }
}

extension Result {
  var isSuccess: Bool {
    if case .success = self { true } else { false }
  }

  var failure: Failure? {
    if case .failure(let error) = self { error } else { nil }
  }
}

import Platform
import Postgres
import Store
import TestSupport
import Testing

@Suite("The caretaker", .timeLimit(.minutes(5)))
struct CaretakerTests {
  /// A pool of the application on a database of its own.
  private func withCaretaker(
    _ body: (Caretaker, TestDatabase) async throws -> Void
  ) async throws {
    try await withDatabase(template: .migrated) { database in
      let pool = PostgresPool(database.configuration.with(role: "higgs_app"))
      let result: Result<Void, any Error>
      do {
        result = .success(try await body(Caretaker(pool: pool), database))
      } catch {
        result = .failure(error)
      }
      await pool.shutdown(graceMilliseconds: 1_000)
      try result.get()
    }
  }

  @Test("Does every task that is due, once")
  func tasks() async throws {
    try await withCaretaker { caretaker, database in
      let upkeep = try await PostgresConnection.withConnection(database.configuration) {
        try await Upkeep($0).due()
      }
      #expect(upkeep.contains("ensure_partitions") && upkeep.contains("seal_ledger"))
      await caretaker.keep()
      #expect(caretaker.findings.tasksDone == upkeep.count)
      await caretaker.keep()
      let found = caretaker.findings
      #expect(found.tasksDone == upkeep.count && found.tasksFailed == 0)
      #expect(found.state?.overdueTasks == 0 && found.state?.monthsAhead == 4)
      #expect(found.state?.sealedAt != nil)
    }
  }

  @Test("A task that fails is counted, stays due, and hinders no other")
  func failure() async throws {
    try await withCaretaker { caretaker, database in
      let due = try await PostgresConnection.withConnection(database.configuration) { connection in
        try await connection.execute(
          script: "alter function cleanup_expired_sessions rename to cleanup_of_nothing")
        return try await Upkeep(connection).due()
      }
      await caretaker.keep()
      #expect(caretaker.findings.tasksFailed == 1)
      #expect(caretaker.findings.tasksDone == due.count - 1)
    }
  }

  @Test("Sees a chip that nobody has posted")
  func check() async throws {
    try await withCaretaker { caretaker, database in
      #expect(await caretaker.check())
      #expect(caretaker.findings.checks.count >= 5)
      #expect(caretaker.findings.checks.filter { !$0.isOK } == [])
      try await PostgresConnection.withConnection(database.configuration) { connection in
        try await connection.execute(
          script: """
            select create_player('ayu');
            set session_replication_role = replica;
            update user_wallets set balance = 1
            where user_id is not null and currency = 'COINS';
            """)
      }
      #expect(await caretaker.check())
      let broken = caretaker.findings.checks.filter { !$0.isOK }.map(\.name)
      #expect(broken.contains("balances_equal_postings"), "\(broken)")
      #expect(caretaker.findings.checkedAt != nil)
    }
  }

  @Test("Without its database it goes on, and finds nothing")
  func away() async throws {
    let nowhere = try PostgresConfiguration(
      connectionString: "host=127.0.0.1 port=1 connect_timeout=1")
    let pool = PostgresPool(nowhere)
    let caretaker = Caretaker(pool: pool)
    await caretaker.keep()
    #expect(await !caretaker.check())
    #expect(caretaker.findings.state == nil && caretaker.findings.checkedAt == nil)
    await pool.shutdown(graceMilliseconds: 0)
  }
}

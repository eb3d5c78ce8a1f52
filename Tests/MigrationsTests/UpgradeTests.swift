import Migrations
import Postgres
import Store
import TestSupport
import Testing

extension ServerTests {
  @Suite("Upgrading a database with data")
  struct Upgrade {
    /// Tables whose old rows a migration changes on purpose, by its number.
    private static let changedOnPurpose: [Int: Set<String>] = [:]

    @Test("that stands at 004, each later migration leaves every row as it was")
    func keepsData() async throws {
      try await TestServer.withDatabase { target in
        _ = try await target.withRepository { try await $0.up(to: 4) }
        try await target.execute(testFile("Upgrade/data_at_004.sql"))
        try await target.connected { connection in
          try await Self.expectFull(connection)
          let newest = try MigrationFolder(path: MigratedDatabase.migrations.path).files.count
          for version in 5...newest {
            let before = try await TablePrints(of: connection)
            _ = try await target.withRepository { try await $0.up(to: version) }
            let changed = before.differences(to: try await before.again(connection)).filter {
              !Self.changedOnPurpose[version, default: []].contains(
                String($0.prefix { $0 != ":" }))
            }
            #expect(changed == [], "migration \(version)")
          }
          try await Self.expectWorking(connection)
        }
        let drift = try await target.withRepository { try await $0.drift(ignoring: []) }
        #expect(drift.differences.map(\.line) == [])
      }
    }

    @Test("a change of one value is seen")
    func seesChange() async throws {
      try await TestServer.withDatabase { target in
        try await target.connected { connection in
          try await connection.execute(
            script: """
              create table note (id integer, body text);
              insert into note values (1, 'a'), (2, null)
              """)
          let before = try await TablePrints(of: connection)
          try await connection.execute(script: "alter table note add column more integer default 3")
          #expect(try await before.again(connection) == before)
          try await connection.execute("update note set body = '' where id = 2")
          let after = try await before.again(connection)
          #expect(before.differences(to: after) == ["note: 2 rows before, 2 after"])
        }
      }
    }

    /// The data is worth its name: only what needs hands is empty.
    private static func expectFull(_ connection: PostgresConnection) async throws {
      let prints = try await TablePrints(of: connection)
      #expect(prints.tables.count == 24)
      let empty = prints.tables.filter { $0.value.rows == 0 }.keys
      #expect(Set(empty) == ["game_hands", "game_moves"])
      #expect(prints.tables["transactions"]?.rows ?? 0 > 500)
    }

    /// The ledger verifies, before and after it is rolled up and sealed, and posting goes on.
    private static func expectWorking(_ connection: PostgresConnection) async throws {
      try await expectClean(connection)
      let outcome = try await connection.query(
        """
        select outcome from post_transactions(
          array[new_id()], array['transfer'],
          array[get_user_wallet(user_id_of('upgrade_1'), 'COINS')],
          array[get_user_wallet(user_id_of('upgrade_2'), 'COINS')], array['COINS'],
          array[7::bigint])
        """
      ).one().decode(String.self)
      #expect(outcome == "ok")
      let isFinal: SQL = "select ledger_horizon() > max(posted_xid) from transactions"
      while try await !connection.query(isFinal).one().decode(Bool.self) {}
      let ledger = Ledger(connection)
      #expect(try await ledger.rollUp() > 500)
      #expect(try await ledger.seal() == 1)
      try await expectClean(connection)
    }

    private static func expectClean(_ connection: PostgresConnection) async throws {
      let checks = try await Ledger(connection).verify() + Journal(connection).verify()
      for check in checks { #expect(check.isOK, "\(check.name): \(check.problem ?? "")") }
    }
  }
}

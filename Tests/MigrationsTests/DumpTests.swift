import Foundation
import Migrations
import Postgres
import Store
import TestSupport
import Testing

extension ServerTests {
  @Suite("A dump of the database")
  struct Dump {
    @Test("holds no e-mail address, telephone number, password or secret in any form")
    func holdsNoSecret() async throws {
      try await withDatabase(template: .migrated) { database in
        try await PostgresConnection.withConnection(database.configuration) { connection in
          let data = try await SecretData(in: connection)
          #expect(data.secrets.count == 8 * SecretData.players + 1)
          let dump = DumpText(try await Self.dump(database.configuration))
          #expect(dump.leaks(of: data.secrets) == [])
          // A seed that was revealed is public, and shows that the search finds what is there.
          let revealed = Secret("revealed seed", bytes: data.revealedSeed)
          #expect(dump.leaks(of: [revealed]) == ["revealed seed as hexadecimal"])
        }
      }
    }

    private static let leaks: [(String, String)] = [
      (
        "update user_profiles set bio = 'Write to ' || lower(secret)",
        "normalised e-mail 1 as it is"
      ),
      (
        """
        insert into notifications (user_id, kind, title, payload)
        select user_id, 'system', 'x', jsonb_build_object('to', secret) from user_profiles limit 1
        """, "e-mail 1 as it is"
      ),
      (
        "update users set email_lookup = sha256(convert_to(lower(secret), 'UTF8'))",
        "normalised e-mail 1 as SHA-256 in hexadecimal"
      ),
      (
        "update users set email_encrypted = convert_to(secret, 'UTF8')",
        "e-mail 1 as hexadecimal"
      ),
      (
        """
        select create_audit_log(null, 'user.seen', details => jsonb_build_object(
          'as', encode(convert_to(shift || secret || '.', 'UTF8'), 'base64')))
        from (values (''), ('x'), ('xy')) as s (shift)
        """, "e-mail 1 as base64"
      ),
    ]

    @Test("that did hold an address would be caught", arguments: leaks)
    func wouldBeCaught(statement: String, leak: String) async throws {
      try await withDatabase(template: .migrated) { database in
        try await PostgresConnection.withConnection(database.configuration) { connection in
          let data = try await SecretData(in: connection)
          let email = String(decoding: data.secrets[0].bytes, as: UTF8.self)
          // The other players' rows must stay unique, so one is enough.
          let one = statement.hasPrefix("update users") ? " where username = 'pemain_1'" : ""
          let script = statement.replacingOccurrences(of: "secret", with: "'\(email)'") + one
          try await connection.execute(script: script)
          let dump = DumpText(try await Self.dump(database.configuration))
          #expect(dump.leaks(of: data.secrets).contains(leak))
        }
      }
    }

    @Test("restored into a database of the same server, is the same ledger and the same schema")
    func restoredBeside() async throws {
      try await withDatabase(template: .migrated) { database in
        try await PostgresConnection.withConnection(database.configuration) { connection in
          _ = try await SecretData(in: connection)
          try await Self.sealAll(connection)
          let before = try await TablePrints(of: connection)
          try await TestServer.withDatabase { target in
            try await Self.restore(try await Self.dump(database.configuration), into: target)
            try await target.connected { restored in
              try await Self.expectClean(restored)
              let after = try await before.again(restored)
              #expect(before.differences(to: after) == [])
              try await Self.expectPosting(restored)
            }
            try await Self.expectSameSchema(target)
          }
        }
      }
    }

    @Test("restored into a younger server, takes payments again after ledger_rebase()")
    func restoredIntoYounger() async throws {
      try await withDatabase(template: .migrated) { database in
        try await PostgresConnection.withConnection(database.configuration) { connection in
          _ = try await SecretData(in: connection)
          try await Self.ageServer(connection)
          try await Self.expectPosting(connection)
          try await Self.sealAll(connection)
          let head = try #require(try await Ledger(connection).head())
          let dump = try await Self.dump(database.configuration)
          let roles = try await Self.dumpRoles(database.configuration)
          try await PrivateServer.with { server in
            try await Self.runScript(roles, server.configuration)
            let target = TestTarget(configuration: server.configuration.with(database: "restored"))
            try await PostgresConnection.withConnection(server.configuration) {
              try await $0.execute(script: "create database restored template template0")
            }
            try await Self.restore(dump, into: target)
            try await target.connected { restored in
              try await Self.expectRebase(restored, head)
            }
            try await Self.expectSameSchema(target)
          }
        }
      }
    }

    // Steps --------------------------------------------------------------------------------------

    /// Posting is refused and verification says why; after the rebase both are as they should be.
    private static func expectRebase(
      _ restored: PostgresConnection, _ head: LedgerHead
    ) async throws {
      let ledger = Ledger(restored)
      let complaints = try await ledger.verify(head: head.hash).filter { !$0.isOK }
      #expect(complaints.map(\.name) == ["positions_are_past"])
      #expect(complaints.first?.problem?.contains("ledger_rebase()") == true)
      let refusal = await #expect(throws: PostgresError.self) { try await expectPosting(restored) }
      #expect(refusal?.sqlState == .objectNotInPrerequisiteState)
      #expect(refusal?.serverError?.hint?.contains("ledger_rebase()") == true)
      try await restored.execute("select ledger_rebase()")
      try await expectClean(restored, head)
      try await expectPosting(restored)
      try await sealAll(restored)
      try await expectClean(restored, head)
      #expect(try await ledger.head()?.number ?? 0 > head.number)
    }

    /// The server comes to transaction numbers that a new one does not have.
    private static func ageServer(_ connection: PostgresConnection) async throws {
      try await connection.execute(
        script: """
          do $age$
          begin
            while pg_current_xact_id()::text::bigint < 50000 loop
              commit;
            end loop;
          end
          $age$
          """)
    }

    private static func expectPosting(_ connection: PostgresConnection) async throws {
      let outcome = try await connection.query(
        """
        select outcome from post_transactions(
          array[new_id()], array['grant'], array[wallet_of('issue', 'COINS')],
          array[get_user_wallet(user_id_of('pemain_3'), 'COINS')], array['COINS'],
          array[7::bigint])
        """
      ).one().decode(String.self)
      #expect(outcome == "ok")
    }

    private static func sealAll(_ connection: PostgresConnection) async throws {
      let isFinal: SQL = "select ledger_horizon() > max(posted_xid) from transactions"
      while try await !connection.query(isFinal).one().decode(Bool.self) {}
      try await Ledger(connection).rollUp()
      try await Ledger(connection).seal()
    }

    private static func expectClean(
      _ connection: PostgresConnection, _ head: LedgerHead? = nil
    ) async throws {
      let checks =
        try await Ledger(connection).verify(head: head?.hash) + Journal(connection).verify()
      for check in checks { #expect(check.isOK, "\(check.name): \(check.problem ?? "")") }
    }

    /// Grants on the database itself are in no plain dump: `create database` decides on them.
    private static func expectSameSchema(_ target: TestTarget) async throws {
      let drift = try await target.withRepository { try await $0.drift(ignoring: []) }
      let differences = drift.differences.map(\.line)
      #expect(differences.filter { !$0.hasPrefix("database itself") } == [])
      let records = try await target.withRepository { try await $0.verify() }
      #expect(records.exitCode == .ok)
    }

    // Programs -----------------------------------------------------------------------------------

    private static func dump(_ database: PostgresConfiguration) async throws -> String {
      try await TestSupport.Program.demand(
        TestSupport.Program.postgres("pg_dump"), ["--dbname", database.connectionString])
    }

    /// The roles of the product, as `pg_dumpall` writes them.
    private static func dumpRoles(_ database: PostgresConfiguration) async throws -> String {
      let all = try await TestSupport.Program.demand(
        TestSupport.Program.postgres("pg_dumpall"),
        ["--roles-only", "--no-role-passwords", "--dbname", database.connectionString])
      return all.split(separator: "\n").filter { line in
        ["higgs_owner", "higgs_app", "higgs_readonly"].contains { line.contains(" ROLE \($0)") }
      }.joined(separator: "\n")
    }

    private static func restore(_ dump: String, into target: TestTarget) async throws {
      try await runScript(dump, target.configuration)
    }

    private static func runScript(
      _ script: String, _ database: PostgresConfiguration
    ) async throws {
      let folder = try TemporaryFolder()
      try await TestSupport.Program.demand(
        TestSupport.Program.postgres("psql"),
        [
          "--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1", "--single-transaction", "--file",
          try folder.write("script.sql", script), "--dbname", database.connectionString,
        ])
    }
  }
}

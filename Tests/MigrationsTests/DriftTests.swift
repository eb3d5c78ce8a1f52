import Postgres
import Testing

import Migrations

extension ServerTests {
  @Suite("Drift")
  struct Drift {
    /// What someone did by hand, and the line that must name it.
    struct Case {
      let sql: String
      let line: String
      init(_ sql: String, _ line: String) {
        self.sql = sql
        self.line = line
      }
    }

    @Test("A database that nobody touched has none")
    func none() async throws {
      try await TestServer.withDatabase { target in
        let events = Events()
        _ = try await target.migrate { try await $0.up(to: nil) }
        let report = try await target.migrate(events: events) { try await $0.drift(ignoring: []) }
        #expect(report.differences.map(\.line) == [])
        #expect(report.exitCode == .ok)
        #expect(events.all.isEmpty)
      }
    }

    @Test("Nothing of the comparison is left behind")
    func leavesNothing() async throws {
      try await TestServer.withDatabase { target in
        let count: SQL = "select count(*) from pg_database where datname ~ '^higgs_scratch_'"
        let before = try await target.value(count, as: Int.self)
        _ = try await target.migrate { try await $0.up(to: nil) }
        _ = try await target.migrate { try await $0.drift(ignoring: []) }
        #expect(try await target.value(count, as: Int.self) == before)
      }
    }

    @Test("Each kind of object is named when it differs")
    func names() async throws {
      try await TestServer.withDatabase { target in
        _ = try await target.migrate { try await $0.up(to: nil) }
        let expected = try await target.snapshot()
        try await target.migrate { runner in
          for difference in Self.cases {
            let found = try await runner.session.inRolledBackTransaction { session in
              try await session.run(difference.sql)
              return try await session.catalog()
            }
            let lines = expected.differences(to: found).map(\.line)
            #expect(lines == [difference.line], "after: \(difference.sql)")
          }
        }
        #expect(try await target.snapshot() == expected)
      }
    }

    @Test("The command names what differs from the migrations")
    func namesByCommand() async throws {
      try await TestServer.withDatabase { target in
        _ = try await target.migrate { try await $0.up(to: nil) }
        try await target.execute("drop index public.wallet_player")
        let report = try await target.migrate { try await $0.drift(ignoring: []) }
        #expect(report.differences.map(\.object) == ["index public.wallet_player"])
        #expect(report.exitCode == .found)
      }
    }

    @Test("A setting of a role, which all databases share, is named, and not put right by looking")
    func namesRole() async throws {
      try await TestServer.withDatabase { target in
        _ = try await target.migrate { try await $0.up(to: nil) }
        try await target.execute("alter role higgs_app set synchronous_commit = off")
        for _ in 1...2 {
          let report = try await target.migrate { try await $0.drift(ignoring: []) }
          #expect(
            report.differences.map(\.line)
              == ["role higgs_app: setting synchronous_commit: expected on, found off"]
          )
        }
        try await target.execute("alter role higgs_app set synchronous_commit = on")
      }
    }

    @Test("What makes a role mightier is named, also where it holds in this database alone")
    func namesRights() async throws {
      try await TestServer.withDatabase { target in
        _ = try await target.migrate { try await $0.up(to: nil) }
        try await target.execute(
          """
          alter role higgs_readonly createdb;
          alter role higgs_readonly in database \(target.name) set work_mem = '1MB';
          alter database \(target.name) set default_transaction_isolation = 'serializable';
          """
        )
        let report = try await target.migrate { try await $0.drift(ignoring: []) }
        try await target.execute("alter role higgs_readonly nocreatedb")
        #expect(
          Set(report.differences.map(\.line)) == [
            "role higgs_readonly: attributes: expected login, inherit, found login, createdb, inherit",
            """
            role higgs_readonly: setting work_mem in this database: expected nothing, found 1MB
            """,
            """
            database itself: setting default_transaction_isolation: expected nothing, found \
            serializable
            """,
          ]
        )
      }
    }

    @Test("A missing table is one line, not one for each of its parts")
    func missingTable() async throws {
      try await TestServer.withDatabase { target in
        _ = try await target.migrate { try await $0.up(to: nil) }
        try await target.execute("drop table public.note")
        let report = try await target.migrate { try await $0.drift(ignoring: []) }
        #expect(
          report.differences.map(\.line) == ["table public.note: expected table, found nothing"]
        )
      }
    }

    @Test("Dated partitions, rows, extensions and ignored schemas are left out")
    func leavesOut() async throws {
      try await TestServer.withDatabase { target in
        _ = try await target.migrate { try await $0.up(to: nil) }
        try await target.execute(
          """
          create table public.move_2026_02 partition of public.move for values from (1000) to (2000);
          drop table public.move_2026_01;
          create table public.move_2026_03 partition of public.move for values from (2000) to (3000);
          alter table public.move detach partition public.move_2026_03;
          alter role higgs_app in database \(target.name) set statement_timeout = '1min';
          insert into public.player (name) values ('bob');
          refresh materialized view public.player_ranking;
          select nextval('public.ticket');
          create extension if not exists citext;
          create schema mine;
          create table mine.own (id integer);
          """
        )
        let report = try await target.migrate { try await $0.drift(ignoring: ["mine"]) }
        #expect(report.differences.map(\.line) == [])
        let all = try await target.migrate { try await $0.drift(ignoring: []) }
        #expect(all.differences.map(\.line) == ["schema mine: expected nothing, found schema"])
      }
    }

    @Test("Only what is recorded is expected")
    func expectsRecorded() async throws {
      try await TestServer.withDatabase { target in
        _ = try await target.migrate { try await $0.up(to: 2) }
        #expect(
          try await target.migrate { try await $0.drift(ignoring: []) }.differences.isEmpty
        )
      }
    }

    @Test("Without any record it says what to do")
    func needsRecord() async throws {
      try await TestServer.withDatabase { target in
        await #expect(throws: MigrationError.nothingApplied) {
          try await target.migrate { try await $0.drift(ignoring: []) }
        }
      }
    }
  }
}

import Migrations
import Postgres
import Testing

extension ServerTests {
  @Suite("Up")
  struct Up {
    @Test("Files and records are there afterwards, and a second run does nothing")
    func runsAll() async throws {
      try await TestServer.withDatabase { target in
        let events = Events()
        let report = try await target.migrate(events: events) { try await $0.up(to: nil) }
        #expect(report.migrations.map(\.version) == [1, 2, 3])
        #expect(events.all.count == 6)
        let files = try Fixture.folder().files
        #expect(
          try await target.records() == files.map { "\($0.version) \($0.name) \($0.sha256)" }
        )
        #expect(try await target.value("select count(*) = 1 from public.player"))
        let again = try await target.migrate { try await $0.up(to: nil) }
        #expect(again.migrations.isEmpty)
        #expect(again.text.contains("nothing to do"))
      }
    }

    @Test("It stops at the version asked for, and goes on from there")
    func stopsAtTarget() async throws {
      try await TestServer.withDatabase { target in
        let first = try await target.migrate { try await $0.up(to: 2) }
        let second = try await target.migrate { try await $0.up(to: nil) }
        #expect(first.migrations.map(\.version) == [1, 2])
        #expect(second.migrations.map(\.version) == [3])
      }
    }

    @Test("A file that fails leaves nothing of itself, and what was before it")
    func failsWhole() async throws {
      try await TestServer.withDatabase { target in
        let bad = "create table public.half ();\n\nselect 1 / 0;\n"
        let error = await #expect(throws: MigrationError.self) {
          try await target.migrate([Fixture.files[0], ("002_bad.sql", bad)]) {
            try await $0.up(to: nil)
          }
        }
        guard case .statementFailed(let failure) = error else {
          Issue.record("\(String(describing: error))")
          return
        }
        #expect(failure.file == "002_bad.sql")
        #expect(failure.sqlState == "22012")
        #expect(try await target.value("select to_regclass('public.half') is null"))
        let records = try await target.records()
        #expect(records.count == 1)
      }
    }

    @Test("A refusal names the line of the file")
    func namesLine() async throws {
      try await TestServer.withDatabase { target in
        let bad = "select 'ä';\n\nselect missing from public.nowhere;\n"
        await #expect(
          performing: {
            try await target.migrate([Fixture.files[0], ("002_bad.sql", bad)]) {
              try await $0.up(to: nil)
            }
          },
          throws: { error in
            "\(error)".hasPrefix("002_bad.sql:3: relation \"public.nowhere\" does not exist")
          }
        )
      }
    }

    @Test("What one file sets does not reach the next")
    func resetsBetweenFiles() async throws {
      try await TestServer.withDatabase { target in
        let rude = """
          set role higgs_app;
          set search_path = pg_catalog;
          set lock_timeout = 1;
          create temporary table left_over ();

          """
        let check = """
          do $$
          begin
            if current_user <> session_user or current_setting('search_path') <> 'public'
              or current_setting('lock_timeout') <> '5s' or to_regclass('left_over') is not null
            then raise exception 'something was left over';
            end if;
          end
          $$;

          """
        let rudeFile = "grant temporary on database \(target.name) to higgs_app;\n" + rude
        _ = try await target.migrate(
          [Fixture.files[0], ("002_rude.sql", rudeFile), ("003_check.sql", check)]
        ) { try await $0.up(to: nil) }
        #expect(try await target.records().count == 3)
      }
    }

    @Test("A lock that is not free in time is tried for again, with a pause, and then given up")
    func retriesLocks() async throws {
      try await TestServer.withDatabase { target in
        _ = try await target.migrate { try await $0.up(to: nil) }
        let files =
          Fixture.files + [("004_alter.sql", "alter table public.player add column age integer;\n")]
        var limits = MigrationLimits()
        limits.lockTimeoutMilliseconds = 50
        limits.firstPauseMilliseconds = 10
        limits.lockAttempts = 3
        let events = Events()
        try await PostgresConnection.withConnection(target.configuration) { other in
          try await other.withTransaction { transaction in
            _ = try await transaction.query("lock table public.player in access share mode")
            await #expect(
              performing: {
                try await target.migrate(files, limits: limits, events: events) {
                  try await $0.up(to: nil)
                }
              },
              throws: { "\($0)".contains("55P03") && "\($0)".contains("--lock-timeout") }
            )
          }
        }
        let pauses = events.all.compactMap { event -> Int? in
          if case .retrying(_, _, _, let pause, _) = event { pause } else { nil }
        }
        #expect(pauses == [10, 20])
        _ = try await target.migrate(files) { try await $0.up(to: nil) }
        #expect(try await target.records().count == 4)
      }
    }

    @Test("A changed file is refused by name, and nothing is run")
    func refusesChangedFile() async throws {
      try await TestServer.withDatabase { target in
        _ = try await target.migrate { try await $0.up(to: 2) }
        var files = Fixture.files
        files[1].sql += "-- one more line\n"
        let recorded = try Fixture.folder().files[1].sha256
        let found = try Fixture.folder(files).files[1].sha256
        let problem = MigrationProblem.changedFile(
          file: "002_objects.sql",
          recorded: recorded,
          found: found
        )
        await #expect(throws: MigrationError.refused([problem])) {
          try await target.migrate(files) { try await $0.up(to: nil) }
        }
        #expect(try await target.records().count == 2)
        let report = try await target.migrate(files) { try await $0.verify() }
        #expect(report.exitCode == .failed)
        #expect(report.text.contains("002_objects.sql") && report.text.contains("1 of 2"))
        #expect(try await target.migrate { try await $0.verify() }.exitCode == .ok)
      }
    }

    @Test("A record whose file is gone, and a new file out of order, are refused")
    func refusesHistory() async throws {
      try await TestServer.withDatabase { target in
        _ = try await target.migrate { try await $0.up(to: nil) }
        await #expect(
          throws: MigrationError.refused([.missingFile(version: 3, name: "003_index.sql")])
        ) {
          try await target.migrate(Array(Fixture.files.prefix(2))) { try await $0.up(to: nil) }
        }
        try await target.execute("delete from public.schema_migrations where version = 2")
        await #expect(
          throws: MigrationError.refused([
            .outOfOrder(file: "002_objects.sql", newest: "003_index.sql")
          ])
        ) {
          try await target.migrate { try await $0.up(to: nil) }
        }
      }
    }

    @Test("Plan and status say what is pending and change nothing")
    func plans() async throws {
      try await TestServer.withDatabase { target in
        let plan = try await target.migrate { try await $0.plan(to: 2, showsSQL: true) }
        #expect(plan.exitCode == .found)
        #expect(plan.text.contains("would run 001_record.sql"))
        #expect(plan.text.contains("create table public.wallet"))
        #expect(!plan.text.contains("003_index.sql"))
        #expect(try await target.migrate { try await $0.status() }.exitCode == .found)
        #expect(
          try await target.value("select to_regclass('public.schema_migrations') is null")
        )
        _ = try await target.migrate { try await $0.up(to: nil) }
        let status = try await target.migrate { try await $0.status() }
        #expect(status.exitCode == .ok)
        #expect(status.text.contains("002_objects.sql  applied"))
        #expect(status.text.contains("is at 3 of 3; nothing is pending"))
      }
    }

    @Test("The lock is waited for with a bound, and the holder is named")
    func boundsWait() async throws {
      try await TestServer.withDatabase { target in
        var limits = MigrationLimits()
        limits.waitSeconds = 0
        let events = Events()
        try await PostgresConnection.withConnection(target.configuration) { other in
          _ = try await other.query("set application_name = 'the other one'")
          _ = try await other.query("select pg_advisory_lock(\(MigrationLock.key))")
          let process: Int = try await other.query("select pg_backend_pid()").one()
            .decode(column: 0)
          await #expect(
            performing: {
              try await target.migrate(limits: limits, events: events) { try await $0.up(to: nil) }
            },
            throws: { error in
              guard case MigrationError.lockNotAcquired(0, let holder?) = error else {
                return false
              }
              return holder.processID == process && holder.applicationName == "the other one"
                && holder.since != nil
            }
          )
        }
        #expect(events.all.count == 1)
        #expect(
          try await target.value("select to_regclass('public.schema_migrations') is null")
        )
      }
    }
  }
}

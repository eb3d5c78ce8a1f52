import Foundation
import Migrations
import Postgres
import Testing

extension ServerTests {
  @Suite("The program")
  struct Program {
    /// A migration that waits, half done, until the test lets go of lock 4711.
    private static let slow = """
      create table public.half (id integer);
      insert into public.half values (1);
      select pg_advisory_xact_lock(4711);

      """
    private static let files = Fixture.files + [(name: "004_slow.sql", sql: slow)]
    private static let waiting: SQL = """
      select exists (
        select from pg_locks
        where locktype = 'advisory' and objid = 4711 and not granted
          and database = (select oid from pg_database where datname = current_database()))
      """

    /// Holds lock 4711 while `work` runs.
    private func whileBlocked(
      _ target: TestTarget,
      _ work: () async throws -> Void
    ) async throws {
      try await PostgresConnection.withConnection(target.configuration) { blocker in
        _ = try await blocker.query("select pg_advisory_lock(4711)")
        try await work()
      }
    }

    @Test("Killed in the middle of a migration it leaves the database as it was")
    func survivesKill() async throws {
      try await TestServer.withDatabase { target in
        _ = try await target.migrate { try await $0.up(to: nil) }
        let before = try await target.snapshot()
        let records = try await target.records()
        try await whileBlocked(target) {
          let run = try HiggsProcess(
            ["migrate", "up", "--lock-timeout", "10min"],
            on: target,
            files: Self.files
          )
          try await target.wait(until: Self.waiting)
          run.kill()
          #expect(await run.exitCode == SIGKILL)
          // The server notices that the client is gone and rolls back.
          try await target.wait(
            until: """
              select not exists (
                select from pg_stat_activity
                where datname = current_database() and application_name = 'higgs migrate up')
              """
          )
        }
        #expect(try await target.snapshot() == before)
        #expect(try await target.records() == records)
        let again = try HiggsProcess(["migrate", "up"], on: target, files: Self.files)
        #expect(await again.exitCode == 0)
        #expect(again.outputText.contains("004_slow.sql"))
        #expect(try await target.value("select count(*) = 1 from public.half"))
      }
    }

    @Test("Of two at once one works, and the other waits, says for whom, and finds nothing to do")
    func twoAtOnce() async throws {
      try await TestServer.withDatabase { target in
        _ = try await target.migrate { try await $0.up(to: nil) }
        let (first, second) = try await {
          var runs: (HiggsProcess, HiggsProcess)?
          try await whileBlocked(target) {
            let first = try HiggsProcess(
              ["migrate", "up", "--lock-timeout", "10min"],
              on: target,
              files: Self.files
            )
            try await target.wait(until: Self.waiting)
            let second = try HiggsProcess(["migrate", "up"], on: target, files: Self.files)
            try await second.waitForError("waiting: held by process")
            runs = (first, second)
          }
          return try #require(runs)
        }()
        #expect(await first.exitCode == 0)
        #expect(await second.exitCode == 0)
        #expect(first.outputText.contains("applied 1 in"))
        #expect(second.errorText.contains("(higgs migrate up, role"))
        #expect(second.outputText.contains("nothing to do"))
        #expect(try await target.records().count == 4)
      }
    }

    private static let exits: [([String], Int32)] = [
      (["migrate", "status"], 3), (["migrate", "plan"], 3), (["migrate", "verify"], 0),
      (["migrate", "drift"], 1), (["migrate", "baseline"], 1),
      (["migrate", "up", "--to", "9"], 1), (["migrate", "up"], 0),
      (["migrate", "drift", "--snapshot"], 0), (["--version"], 0),
      (["migrate", "up", "--to", "x"], 2), (["migrate", "up", "--lock-timeout", "0"], 2),
      (["migrate", "down"], 2), (["migrate", "--help"], 0),
    ]

    @Test("Every command ends with the code that it promises", arguments: exits)
    func exitCodes(arguments: [String], code: Int32) async throws {
      try await TestServer.withDatabase { target in
        let run = try HiggsProcess(arguments, on: target)
        #expect(await run.exitCode == code)
        #expect((code == 1 || code == 2) == run.outputText.isEmpty)
      }
    }

    private static let answers: [([String], String)] = [
      (["status"], "migrations"), (["plan", "--sql"], "migrations"), (["up"], "migrations"),
      (["verify"], "migrations"), (["drift"], "error"), (["baseline"], "error"),
      (["drift", "--snapshot"], "objects"), (["up", "--to", "9"], "problems"),
    ]

    @Test("With --json standard output is one object, also for a refusal", arguments: answers)
    func answersJSON(arguments: [String], key: String) async throws {
      try await TestServer.withDatabase { target in
        let run = try HiggsProcess(["migrate"] + arguments + ["--json"], on: target)
        _ = await run.exitCode
        let object = try JSONSerialization.jsonObject(with: Data(run.outputText.utf8))
        #expect((object as? [String: Any])?[key] != nil)
      }
    }

    @Test("A snapshot in a file stands in for the scratch database")
    func comparesWithFile() async throws {
      try await TestServer.withDatabase { target in
        _ = try await target.migrate { try await $0.up(to: nil) }
        let snapshot = try HiggsProcess(["migrate", "drift", "--snapshot", "--json"], on: target)
        #expect(await snapshot.exitCode == 0)
        let same = try HiggsProcess(
          ["migrate", "drift", "--expected", snapshot.outputPath],
          on: target
        )
        #expect(await same.exitCode == 0)
        try await target.execute("drop table public.note")
        let other = try HiggsProcess(
          ["migrate", "drift", "--expected", snapshot.outputPath],
          on: target
        )
        #expect(await other.exitCode == 3)
        #expect(other.outputText.contains("table public.note: expected table, found nothing"))
        withExtendedLifetime(snapshot) {}
        let broken = try HiggsProcess(["migrate", "drift", "--expected", "/dev/null"], on: target)
        #expect(await broken.exitCode == 1)
        #expect(broken.errorText.contains("is not a snapshot"))
      }
    }

    @Test("A server that is not there is a failure that says what to check")
    func notConnected() async throws {
      var target = TestTarget(configuration: try TestServer.configuration())
      target.configuration.options["port"] = "1"
      let run = try HiggsProcess(["migrate", "status"], on: target)
      #expect(await run.exitCode == 1)
      #expect(run.errorText.contains("DATABASE_URL"))
    }
  }
}

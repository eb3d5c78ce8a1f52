import Migrations
import Postgres
import Testing

extension ServerTests {
  @Suite("Baseline")
  struct Baseline {
    /// Runs files as `psql -f` does: no record is written.
    private func runByHand(_ target: TestTarget, _ count: Int) async throws {
      for file in Fixture.files.prefix(count) {
        for statement in SQLScript(file.sql).statements where file.name.hasPrefix("003") {
          guard !statement.text.contains("role") else { continue }
          try await target.execute("set role higgs_owner;")
          try await PostgresConnection.withConnection(target.configuration) { connection in
            _ = try await connection.execute(script: "set role higgs_owner")
            _ = try await connection.execute(script: statement.text)
          }
        }
        if !file.name.hasPrefix("003") { try await target.execute(file.sql) }
      }
    }

    @Test("A schema made by hand is refused by 'up' and adopted by 'baseline'")
    func adopts() async throws {
      try await TestServer.withDatabase { target in
        try await runByHand(target, 3)
        await #expect(throws: MigrationError.refused([.unrecordedSchema])) {
          try await target.migrate { try await $0.up(to: nil) }
        }
        let report = try await target.migrate { try await $0.baseline(to: nil) }
        #expect(report.migrations.map(\.version) == [1, 2, 3])
        let files = try Fixture.folder().files
        #expect(
          try await target.records() == files.map { "\($0.version) \($0.name) \($0.sha256)" }
        )
        #expect(try await target.migrate { try await $0.up(to: nil) }.migrations.isEmpty)
        #expect(try await target.migrate { try await $0.baseline(to: nil) }.migrations.isEmpty)
      }
    }

    @Test("It adopts up to a version, and what is recorded already stays")
    func adoptsPart() async throws {
      try await TestServer.withDatabase { target in
        try await runByHand(target, 2)
        #expect(
          try await target.migrate { try await $0.baseline(to: 2) }.migrations.map(\.version)
            == [1, 2]
        )
        #expect(
          try await target.migrate { try await $0.up(to: nil) }.migrations.map(\.version) == [3]
        )
      }
    }

    @Test("A schema that differs is refused with every difference, and nothing is recorded")
    func refuses() async throws {
      try await TestServer.withDatabase { target in
        try await runByHand(target, 2)
        try await target.execute(
          """
          alter table public.player add column age integer;
          drop trigger player_guard on public.player;
          """
        )
        let error = await #expect(throws: MigrationError.self) {
          try await target.migrate { try await $0.baseline(to: 2) }
        }
        guard case .schemaDiffers(2, let differences, equalTo: nil) = error else {
          Issue.record("\(String(describing: error))")
          return
        }
        #expect(
          differences.map(\.object) == [
            "column public.player.age", "trigger public.player.player_guard",
          ]
        )
        #expect(try await target.records().isEmpty)
      }
    }

    @Test("The schema of an older release is known for what it is")
    func proposesOlder() async throws {
      try await TestServer.withDatabase { target in
        try await runByHand(target, 2)
        let error = await #expect(throws: MigrationError.self) {
          try await target.migrate { try await $0.baseline(to: nil) }
        }
        #expect(error?.description.contains("Run 'higgs migrate baseline --to 2'") == true)
        #expect(try await target.records().isEmpty)
      }
    }

    @Test("An empty database is not adopted")
    func refusesEmpty() async throws {
      try await TestServer.withDatabase { target in
        await #expect(throws: MigrationError.noRecordTable) {
          try await target.migrate { try await $0.baseline(to: nil) }
        }
      }
    }
  }
}

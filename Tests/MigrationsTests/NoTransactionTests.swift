import Migrations
import Postgres
import Testing

extension ServerTests {
  @Suite("A file without a transaction")
  struct NoTransaction {
    private static let unique = """
      -- higgs: no-transaction
      set role higgs_owner;
      create unique index concurrently if not exists wallet_unique on public.wallet (player_id);
      reset role;

      """
    private static let files = Fixture.files + [(name: "004_unique.sql", sql: unique)]

    @Test("What an unfinished build leaves is shown, dropped and built again")
    func recovers() async throws {
      try await TestServer.withDatabase { target in
        _ = try await target.migrate(Self.files) { try await $0.up(to: 3) }
        try await target.execute("insert into public.wallet values (2, 1, 7)")
        await #expect(
          performing: {
            try await target.migrate(Self.files) { try await $0.up(to: nil) }
          },
          throws: { "\($0)".hasPrefix("004_unique.sql") && "\($0)".contains("23505") }
        )

        let status = try await target.migrate(Self.files) { try await $0.status() }
        #expect(status.exitCode == .found)
        #expect(
          status.text.contains(
            "004_unique.sql   interrupted  index public.wallet_unique is invalid"
          )
        )
        #expect(try await target.records().count == 3)

        try await target.execute("delete from public.wallet where id = 2")
        let events = Events()
        _ = try await target.migrate(Self.files, events: events) { try await $0.up(to: nil) }
        #expect(
          events.all.contains(
            .droppedInvalidIndex(file: "004_unique.sql", name: "public.wallet_unique")
          )
        )
        #expect(try await target.records().count == 4)
        #expect(
          try await target.value(
            "select indisvalid from pg_index where indexrelid = 'public.wallet_unique'::regclass"
          )
        )
        #expect(
          try await target.migrate(Self.files) { try await $0.drift(ignoring: []) }
            .differences.isEmpty
        )
      }
    }

    @Test("One whose statements were all done, but not its record, is recorded by the next run")
    func recordsLate() async throws {
      try await TestServer.withDatabase { target in
        _ = try await target.migrate { try await $0.up(to: nil) }
        try await target.execute("delete from public.schema_migrations where version = 3")
        let status = try await target.migrate { try await $0.status() }
        #expect(
          status.text.contains("003_index.sql    interrupted  index public.wallet_balance is done")
        )
        #expect(
          try await target.migrate { try await $0.up(to: nil) }.migrations.map(\.version) == [3]
        )
      }
    }

    @Test("An index that another session is building is left alone")
    func leavesBuilderAlone() async throws {
      try await TestServer.withDatabase { target in
        _ = try await target.migrate { try await $0.up(to: 2) }
        let build = try await PostgresConnection.withConnection(target.configuration) { writer in
          // An open transaction that wrote makes the build wait for it.
          try await writer.withTransaction { transaction in
            _ = try await transaction.query("insert into public.wallet values (3, 1, 1)")
            let build = Task {
              try await target.execute(
                "create index concurrently wallet_balance on public.wallet (balance)"
              )
            }
            try await target.wait(
              until: """
                select exists (
                  select from pg_stat_progress_create_index
                  where datname = current_database() and phase = 'waiting for writers before build')
                """
            )
            await #expect(
              performing: {
                try await target.migrate { try await $0.up(to: nil) }
              },
              throws: { error in
                guard case MigrationError.indexInUse("003_index.sql", _, let builder) = error
                else { return false }
                return builder > 0
              }
            )
            return build
          }
        }
        try await build.value
        let events = Events()
        _ = try await target.migrate(events: events) { try await $0.up(to: nil) }
        #expect(
          events.all.map(\.description).first == "003_index.sql …" && events.all.count == 2
        )
      }
    }
  }
}

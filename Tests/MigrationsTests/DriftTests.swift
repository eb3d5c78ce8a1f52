import Postgres
import Testing

@testable import Migrations

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

    static let cases: [Case] = tableCases + routineCases + otherCases

    private static let tableCases: [Case] = [
      Case(
        "create table public.more ()",
        "table public.more: expected nothing, found table"
      ),
      Case(
        "alter table public.player set (fillfactor = 70)",
        "table public.player: options: expected fillfactor=80, found fillfactor=70"
      ),
      Case(
        "alter table public.wallet owner to higgs_app",
        "table public.wallet: owner: expected higgs_owner, found higgs_app"),
      Case(
        "alter table public.wallet set unlogged",
        "table public.wallet: persistence: expected permanent, found unlogged"),
      Case(
        "alter table public.player add column age integer",
        "column public.player.age: expected nothing, found integer"
      ),
      Case(
        "alter table public.wallet drop constraint wallet_player_fkey",
        """
        constraint public.wallet.wallet_player_fkey: expected FOREIGN KEY (player_id) REFERENCES \
        public.player(id) ON DELETE CASCADE, found nothing
        """
      ),
      Case(
        "alter table public.move alter column no type numeric",
        "column public.move.no: type: expected integer, found numeric"
      ),
      Case(
        "alter table public.player alter column name set default 'x'",
        "column public.player.name: default: expected 'nobody'::text, found 'x'::text"
      ),
      Case(
        "alter table public.player alter column points drop default",
        "column public.player.points: default: expected 0, found nothing"
      ),
      Case(
        "alter table public.player alter column points drop not null",
        "column public.player.points: nullable: expected no, found yes"
      ),
      Case(
        "alter table public.player alter column id set generated by default",
        "column public.player.id: identity: expected always, found by default"
      ),
      Case(
        "alter table public.player drop constraint player_points_check; alter table public.player "
          + "add constraint player_points_check check (points >= -1)",
        """
        constraint public.player.player_points_check: definition: expected CHECK ((points >= 0)), \
        found CHECK ((points >= '-1'::integer))
        """
      ),
      Case(
        "alter table public.player disable trigger all; "
          + "alter table public.player enable always trigger player_guard",
        """
        constraint public.wallet.wallet_player_fkey: enforced by triggers: expected enabled, \
        found disabled, enabled
        """
      ),
      Case(
        "drop index public.wallet_player",
        """
        index public.wallet_player: expected CREATE INDEX wallet_player ON public.wallet USING \
        btree (player_id) WHERE (balance IS NOT NULL), found nothing
        """
      ),
      Case(
        "create index wallet_more on public.wallet (id)",
        """
        index public.wallet_more: expected nothing, found CREATE INDEX wallet_more ON \
        public.wallet USING btree (id)
        """
      ),
      Case(
        "update pg_index set indisvalid = false where indexrelid = 'public.wallet_player'::regclass",
        "index public.wallet_player: valid: expected yes, found no"
      ),
      Case(
        "drop statistics public.wallet_statistics",
        """
        statistics public.wallet_statistics: expected CREATE STATISTICS \
        public.wallet_statistics ON id, player_id FROM public.wallet, found nothing
        """
      ),
    ]

    private static let routineCases: [Case] = [
      Case(
        """
        create or replace function public.guard() returns trigger
        language plpgsql security definer set search_path = pg_catalog, pg_temp
        as $body$
        begin
          return null;
        end
        $body$
        """,
        "function public.guard(): body (line 3): expected   return new;, found   return null;"
      ),
      Case(
        "alter function public.guard() security invoker",
        "function public.guard(): security: expected definer, found invoker"
      ),
      Case(
        "alter function public.guard() reset search_path",
        """
        function public.guard(): settings: expected search_path=pg_catalog, pg_temp, found nothing
        """
      ),
      Case(
        "alter function public.guard() set search_path = public",
        """
        function public.guard(): settings: expected search_path=pg_catalog, pg_temp, \
        found search_path=public
        """
      ),
      Case(
        "alter function public.twice(bigint) stable",
        "function public.twice(value bigint): volatility: expected immutable, found stable"
      ),
      Case(
        "alter function public.twice(bigint) called on null input",
        "function public.twice(value bigint): on null input: expected strict, found called"
      ),
      Case(
        "grant execute on function public.guard() to public",
        "function public.guard(): grants to PUBLIC: expected nothing, found EXECUTE"
      ),
      Case(
        "revoke execute on function public.guard() from higgs_app",
        "function public.guard(): grants to higgs_app: expected EXECUTE, found nothing"
      ),
      Case(
        "comment on function public.guard() is null",
        "function public.guard(): comment: expected Lets everything pass., found nothing"
      ),
      Case(
        "create function public.more(a integer) returns text language sql as 'select null::text'",
        "function public.more(a integer): expected nothing, found text"
      ),
      Case(
        "drop procedure public.nothing()",
        "procedure public.nothing(): expected procedure, found nothing"
      ),
      Case(
        "drop aggregate public.total(bigint)",
        "aggregate public.total(bigint): expected bigint, found nothing"
      ),
      Case(
        "alter table public.player disable trigger player_guard",
        "trigger public.player.player_guard: enabled: expected always, found disabled"
      ),
      Case(
        "alter table public.player enable trigger player_guard",
        "trigger public.player.player_guard: enabled: expected always, found enabled"
      ),
      Case(
        "drop trigger player_guard on public.player",
        """
        trigger public.player.player_guard: expected CREATE TRIGGER player_guard BEFORE UPDATE ON \
        public.player FOR EACH ROW EXECUTE FUNCTION public.guard(), found nothing
        """
      ),
      Case(
        "alter table public.wallet disable rule wallet_rule",
        "rule public.wallet.wallet_rule: enabled: expected enabled, found disabled"
      ),
    ]

    private static let otherCases: [Case] = [
      Case(
        """
        create or replace view public.player_summary with (security_barrier) as
          select p.id, p.name, w.balance
          from public.player as p join public.wallet as w on w.player_id = p.id
          where p.points > 1
        """,
        """
        view public.player_summary: definition (line 6): expected   WHERE (p.points > 0);, \
        found   WHERE (p.points > 1);
        """),
      Case(
        "alter view public.player_summary reset (security_barrier)",
        "view public.player_summary: options: expected security_barrier=true, found nothing"
      ),
      Case(
        "drop materialized view public.player_ranking",
        """
        materialized view public.player_ranking: expected  SELECT p.id,\\n    w.balance\\n   FROM \
        (public.player p\\n     JOIN public.wallet w ON ((w.player_id = p.id)));, found nothing
        """
      ),
      Case(
        "alter sequence public.ticket increment 3",
        """
        sequence public.ticket: definition: expected integer start 1 increment 2 minimum 1 \
        maximum 2147483647 cache 1 no cycle, found integer start 1 increment 3 minimum 1 maximum \
        2147483647 cache 1 no cycle
        """
      ),
      Case(
        "alter type public.mood add value 'calm'",
        "type public.mood: labels: expected 'glad', 'sad', found 'glad', 'sad', 'calm'"
      ),
      Case(
        "alter domain public.amount drop constraint amount_positive",
        """
        type public.amount: constraints: expected amount_positive CHECK ((VALUE > 0)), \
        found nothing
        """
      ),
      Case(
        "alter type public.pair alter attribute other type varchar",
        "column public.pair.other: type: expected text, found character varying"
      ),
      Case(
        "grant delete on public.player to higgs_app",
        "table public.player: grants to higgs_app: expected INSERT, found DELETE, INSERT"
      ),
      Case(
        "grant select on public.wallet to public",
        "table public.wallet: grants to PUBLIC: expected nothing, found SELECT"
      ),
      Case(
        "revoke select (name) on public.player from higgs_app",
        "column public.player.name: grants to higgs_app: expected SELECT, found nothing"
      ),
      Case(
        "comment on table public.player is 'Who played.'",
        "table public.player: comment: expected Who plays., found Who played."
      ),
      Case(
        "comment on column public.player.name is null",
        "column public.player.name: comment: expected What he is called., found nothing"
      ),
      Case(
        "alter policy player_policy on public.player using (true)",
        "policy public.player.player_policy: using: expected (id > 0), found true"
      ),
      Case(
        "alter table public.player disable row level security",
        "table public.player: row security: expected enabled, found disabled"
      ),
      Case(
        "grant create on schema public to higgs_app",
        "schema public: grants to higgs_app: expected nothing, found CREATE"
      ),
      Case(
        "do $$ begin execute format('grant temporary on database %I to public', "
          + "current_database()); end $$",
        "database itself: grants to PUBLIC: expected nothing, found TEMPORARY"
      ),
      Case("drop schema extra", "schema extra: expected schema, found nothing"),
      Case(
        "alter default privileges for role higgs_owner grant insert on tables to higgs_readonly",
        """
        default privileges of higgs_owner on tables: grants to higgs_readonly: expected SELECT, \
        found INSERT, SELECT
        """
      ),
    ]
  }
}

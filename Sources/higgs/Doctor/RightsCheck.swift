import Postgres

/// Whether the server's role is kept from what only functions may do.
struct RightsCheck: DatabaseCheck {
  let name = "rights"

  private static let shownMax = 5
  private static let danger =
    "The server, or whoever has its password, could change chips without the ledger."

  /// The guarded tables, and those of their months, of detached ones, too: rights and triggers are
  /// each table's own.
  private static let guarded: SQL = """
    with root as (
      select t.name, to_regclass('public.' || t.name) as id
      from unnest(array[
        'user_wallets', 'transactions', 'game_hands', 'hand_seats', 'game_moves', 'ledger_seals',
        'ledger_state', 'audit_logs', 'schema_migrations']) as t (name)
    ),
    guarded as (
      select r.id from root as r where r.id is not null
      union
      select p.relid from root as r cross join pg_partition_tree(r.id) as p
      union
      select c.oid
      from root as r
      join pg_class as c on c.relname ~ ('^' || r.name || '_y[0-9]{4}m[0-9]{2}$')
      where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
    )
    """

  func findings(_ patient: Patient) async throws -> [Finding] {
    let (mayPost, seesHashes) = try await patient.connection.query(
      """
      select coalesce((
          select bool_and(has_function_privilege('higgs_app', p.oid, 'execute'))
          from pg_proc as p
          where p.pronamespace = 'public'::regnamespace
            and p.proname in ('post_transactions', 'append_moves', 'settle_hand', 'sit_down')
        ), false),
        has_column_privilege('higgs_readonly', 'public.users', 'password_hash', 'SELECT')
      """
    ).one().decode((Bool, Bool).self)
    return [
      try await tables(patient.connection), try await guards(patient.connection),
      .graded(
        area, "functions", mayPost ? "higgs_app may call them" : "some are closed to higgs_app",
        warning: false, problem: !mayPost, why: "The server cannot pay, move or settle.",
        do: "grant execute on function NAME to higgs_app; higgs migrate drift names them"),
      .graded(
        area, "read-only role", seesHashes ? "sees password hashes" : "sees no secret",
        warning: false, problem: seesHashes,
        why: "Consoles and analysts use it.",
        do: "revoke select on users from higgs_readonly; that takes the columns that it may see, "
          + "too: grant them again as database/migrations/001_initial_setup.sql does"),
    ]
  }

  private func tables(_ connection: PostgresConnection) async throws -> Finding {
    let (isSuperuser, makesRoles, isMember) = try await connection.query(
      """
      select r.rolsuper, r.rolcreaterole, pg_has_role('higgs_app', 'higgs_owner', 'member')
      from pg_roles as r where r.rolname = 'higgs_app'
      """
    ).one().decode((Bool, Bool, Bool).self)
    let name = "guarded tables"
    if isSuperuser {
      return .problem(
        area, name, "higgs_app is a superuser", why: Self.danger,
        do: "alter role higgs_app nosuperuser;")
    }
    if makesRoles {
      return .problem(
        area, name, "higgs_app may make roles, and itself a member of higgs_owner",
        why: Self.danger, do: "alter role higgs_app nocreaterole;")
    }
    if isMember {
      return .problem(
        area, name, "higgs_app is a member of higgs_owner", why: Self.danger,
        do: "revoke higgs_owner from higgs_app;")
    }
    let written = try await connection.query(
      """
      \(Self.guarded)
      select format('%s on %s', p.privilege, g.id::regclass)
      from guarded as g
      cross join unnest(array['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) as p (privilege)
      where has_table_privilege('higgs_app', g.id, p.privilege)
      order by g.id::regclass::text, p.privilege
      """
    ).decode(String.self)
    return .graded(
      area, name,
      written.isEmpty
        ? "higgs_app writes them through functions only" : "higgs_app has \(Self.shown(written))",
      warning: false, problem: !written.isEmpty, why: Self.danger,
      do: "revoke insert, update, delete, truncate on TABLE from higgs_app; higgs migrate drift")
  }

  private func guards(_ connection: PostgresConnection) async throws -> Finding {
    let weak = try await connection.query(
      """
      \(Self.guarded)
      select format('%s of %s', t.tgname, g.id::regclass),
        format(
          'alter table %s enable %strigger %I;', g.id::regclass,
          case when f.proname = 'refuse_change' then 'always ' else '' end, t.tgname)
      from guarded as g
      join pg_trigger as t on t.tgrelid = g.id
      join pg_proc as f on f.oid = t.tgfoid
      where not t.tgisinternal and (
        t.tgenabled in ('D', 'R') or f.proname = 'refuse_change' and t.tgenabled <> 'A')
      order by g.id::regclass::text, t.tgname
      """
    ).decode((String, String).self)
    return .graded(
      area, "guards",
      weak.isEmpty
        ? "all triggers are on" : "off, or not always on: \(Self.shown(weak.map(\.0)))",
      warning: false, problem: !weak.isEmpty,
      why: "What only ever grows could be rewritten by whoever has the rights of the owner.",
      do: weak.prefix(Self.shownMax).map(\.1).joined(separator: " ") + " then higgs ledger verify")
  }

  /// The first few of them.
  private static func shown(_ items: [String]) -> String {
    let more = items.count - shownMax
    return items.prefix(shownMax).joined(separator: ", ") + (more > 0 ? " and \(more) more" : "")
  }
}

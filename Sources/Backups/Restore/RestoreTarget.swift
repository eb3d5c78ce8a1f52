import Postgres

/// The database that a backup is restored into.
enum RestoreTarget {
  /// The lock of migrations: nobody migrates what is being restored.
  private static let migrationLock: Int64 = 7_162_653_105_347_891
  private static let shownMax = 5

  /// Refuses a database that is not empty, a server that is too old, a role that may not.
  static func check(
    _ connection: PostgresConnection, manifest: BackupManifest?
  ) async throws {
    let (database, major, encoding, mayOwn) = try await connection.query(
      """
      select current_database()::text, current_setting('server_version_num')::int / 10000,
        pg_encoding_to_char(d.encoding)::text,
        current_setting('is_superuser')::boolean or (
          pg_has_role(current_user, d.datdba, 'usage')
          and (select r.rolcreaterole from pg_roles as r where r.rolname = current_user))
      from pg_database as d where d.datname = current_database()
      """
    ).one().decode((String, Int32, String, Bool).self)
    if let manifest, Int(major) < manifest.serverMajor {
      throw BackupFailure(
        .failed,
        "the backup is of PostgreSQL \(manifest.serverMajor), and this server is \(major). Restore "
          + "it on \(manifest.serverMajor) or newer.")
    }
    guard encoding == "UTF8" else {
      throw BackupFailure(
        .failed,
        "the database \(database) is in \(encoding). Make it in UTF8: "
          + "createdb --encoding UTF8 --template template0 NAME")
    }
    guard mayOwn else {
      throw BackupFailure(
        .failed,
        "restoring makes roles, owners and grants. Connect as a superuser, or as the "
          + "database's owner with CREATEROLE.")
    }
    try await demandEmpty(connection, database)
    guard
      try await connection.query("select pg_try_advisory_lock(\(migrationLock))").one()
        .decode(Bool.self)
    else { throw BackupFailure(.busy, "a migration or a restore of \(database) runs just now.") }
  }

  private static func demandEmpty(
    _ connection: PostgresConnection, _ database: String
  ) async throws {
    let found = try await connection.query(
      """
      select o.name
      from (
        select format('%I.%I', n.nspname, c.relname) as name, c.oid, 'pg_class'::regclass as kind
        from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
        where n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_'
        union all
        select format('%I.%I()', n.nspname, p.proname), p.oid, 'pg_proc'::regclass
        from pg_proc as p join pg_namespace as n on n.oid = p.pronamespace
        where n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_'
      ) as o
      where not exists (
        select from pg_depend as d
        where d.objid = o.oid and d.classid = o.kind and d.deptype = 'e')
      order by 1
      """
    ).decode(String.self)
    guard !found.isEmpty else { return }
    let shown = found.prefix(shownMax).joined(separator: ", ")
    throw BackupFailure(
      .failed,
      "the database \(database) is not empty: \(found.count) objects, such as \(shown). "
        + "Nothing was changed. Restore into one that was just made: createdb NAME")
  }

  /// Makes the roles that a dump of one database does not hold; they belong to the whole server.
  static func makeRoles(_ connection: PostgresConnection) async throws {
    try await connection.execute(
      script: """
        do $roles$
        declare
          missing text;
        begin
          foreach missing in array array['higgs_owner', 'higgs_app', 'higgs_readonly'] loop
            if not exists (select from pg_roles as r where r.rolname = missing) then
              execute format(
                'create role %I %s', missing,
                case when missing = 'higgs_owner' then 'nologin' else 'login' end);
            end if;
          end loop;
          if not pg_has_role(current_user, 'higgs_owner', 'usage') then
            execute format('grant higgs_owner to %I', current_user);
          end if;
          if not exists (
            select from pg_db_role_setting as s join pg_roles as r on r.oid = s.setrole
            where r.rolname = 'higgs_app' and s.setdatabase = 0
              and 'synchronous_commit=on' = any (s.setconfig)
          ) then
            alter role higgs_app set synchronous_commit = on;
          end if;
        end
        $roles$;
        """)
  }

  /// Puts back what belongs to the database itself and so is in no dump of its contents.
  static func grantDatabase(_ connection: PostgresConnection) async throws {
    try await connection.execute(
      script: """
        do $rights$
        begin
          execute format('revoke all on database %I from public', current_database());
          execute format(
            'grant connect on database %I to higgs_owner, higgs_app, higgs_readonly',
            current_database());
          execute format('grant temporary on database %I to higgs_owner', current_database());
        end
        $rights$;
        """)
  }

  /// Positions go on rising although the server counts its transactions anew; the base before and
  /// after.
  static func rebase(_ connection: PostgresConnection) async throws -> (Int64, Int64) {
    let base: SQL = "select xid_base from public.ledger_state"
    let before = try await connection.query(base).one().decode(Int64.self)
    try await connection.withTransaction { transaction in
      try await transaction.execute("set local role higgs_owner")
      _ = try await transaction.query("select public.ledger_rebase()")
    }
    return (before, try await connection.query(base).one().decode(Int64.self))
  }
}

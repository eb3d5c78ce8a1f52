import Postgres

/// What runs for too long, and who waits for whom.
struct ActivityCheck: DatabaseCheck {
  let name = "activity"

  func findings(_ patient: Patient) async throws -> [Finding] {
    let connection = patient.connection
    return try await [
      transactions(connection), locks(connection), prepared(connection), slots(connection),
      age(connection),
    ]
  }

  private func transactions(_ connection: PostgresConnection) async throws -> Finding {
    guard
      try await connection.query("select pg_has_role(current_user, 'pg_read_all_stats', 'usage')")
        .one().decode(Bool.self)
    else {
      return .skipped(
        area, "long transactions",
        "other roles' are seen by members of pg_monitor only: "
          + "grant pg_monitor to this role, or run the doctor as another one")
    }
    let found = try await connection.query(
      """
      select pid, coalesce(usename, 'nobody')::text, coalesce(state, 'unknown'),
        extract(epoch from clock_timestamp() - xact_start)::bigint
      from pg_stat_activity
      where xact_start < clock_timestamp() - interval '5 minutes' and pid <> pg_backend_pid()
        and backend_type = 'client backend'
      order by xact_start limit 5
      """
    ).decode((Int32, String, String, Int64).self)
    guard let oldest = found.first else {
      return .ok(area, "long transactions", "none over 5 minutes")
    }
    let all = found.map { "pid \($0.0) of \($0.1), \($0.2), \($0.3) s" }.joined(separator: "; ")
    return .graded(
      area, "long transactions", all, warning: true, problem: oldest.3 > 3_600,
      why: "They hold the horizon back: nothing is sealed, rolled up or vacuumed meanwhile.",
      do: "select pg_terminate_backend(\(oldest.0));")
  }

  private func locks(_ connection: PostgresConnection) async throws -> Finding {
    let found = try await connection.query(
      """
      select l.pid, coalesce(l.relation::regclass::text, l.locktype),
        extract(epoch from clock_timestamp() - l.waitstart)::bigint,
        coalesce((pg_blocking_pids(l.pid))[1], 0)
      from pg_locks as l
      where not l.granted and l.waitstart < clock_timestamp() - interval '5 seconds'
      order by l.waitstart limit 5
      """
    ).decode((Int32, String, Int64, Int32).self)
    guard let first = found.first else { return .ok(area, "lock waits", "none over 5 s") }
    let all = found.map { "pid \($0.0) for \($0.1) since \($0.2) s, held by pid \($0.3)" }
    return .graded(
      area, "lock waits", all.joined(separator: "; "), warning: true, problem: first.2 > 60,
      why: "Whoever waits for a lock keeps a connection, and those behind wait, too.",
      do:
        "select * from pg_stat_activity where pid = \(first.3); then pg_cancel_backend(\(first.3))")
  }

  private func prepared(_ connection: PostgresConnection) async throws -> Finding {
    let count = try await connection.query(
      "select count(*) from pg_prepared_xacts where prepared < now() - interval '5 minutes'"
    ).one().decode(Int64.self)
    return .graded(
      area, "prepared transactions", "\(count) over 5 minutes", warning: count > 0, problem: false,
      why: "They outlive everything, and hold the horizon back. We make none.",
      do: "select * from pg_prepared_xacts; then rollback prepared 'GID';")
  }

  private func slots(_ connection: PostgresConnection) async throws -> Finding {
    let names = try await connection.query(
      "select slot_name::text from pg_replication_slots where not active order by 1"
    ).decode(String.self)
    return .graded(
      area, "replication slots", names.isEmpty ? "none is unused" : names.joined(separator: ", "),
      warning: !names.isEmpty, problem: false,
      why: "An unused slot keeps every piece of WAL until the disk is full.",
      do: "select pg_drop_replication_slot('\(names.first ?? "NAME")');")
  }

  private func age(_ connection: PostgresConnection) async throws -> Finding {
    let age = try await connection.query(
      "select age(datfrozenxid)::bigint from pg_database where datname = current_database()"
    ).one().decode(Int64.self)
    return .graded(
      area, "transaction age", "\(age / 1_000_000) million", warning: age > 1_000_000_000,
      problem: age > 1_500_000_000,
      why: "At 2100 million PostgreSQL takes no more writes.", do: "vacuumdb --freeze --all")
  }
}

/// What is slow.
struct StatementsCheck: DatabaseCheck {
  let name = "slow queries"
  private static let textMax = 90

  func findings(_ patient: Patient) async throws -> [Finding] {
    let schema = try await patient.connection.query(
      """
      select n.nspname::text from pg_extension as e join pg_namespace as n on n.oid = e.extnamespace
      where e.extname = 'pg_stat_statements'
      """
    ).decode(String.self).first
    guard let schema else {
      return [
        .skipped(
          area, name,
          "pg_stat_statements is not in this database: our image has it in the database postgres; "
            + "elsewhere shared_preload_libraries = 'pg_stat_statements', then create extension")
      ]
    }
    guard let found = try await slowest(patient.connection, schema) else {
      return [.skipped(area, name, "pg_stat_statements is not in shared_preload_libraries")]
    }
    if found.isEmpty { return [.ok(area, name, "none over 100 ms on average")] }
    let all = found.map { query, calls, mean in
      "\(Int(mean)) ms × \(calls): \(query.prefix(Self.textMax))"
    }
    return [
      .warning(
        area, name, all.joined(separator: "; "),
        why: "A slow statement holds a connection of the pool, and players wait.",
        do: "explain (analyze, buffers) of it; analyze; higgs migrate drift, for a missing index")
    ]
  }
}

extension StatementsCheck {
  /// The slowest by their whole time; nil where the extension is there and its library is not.
  private func slowest(
    _ connection: PostgresConnection, _ schema: String
  ) async throws -> [(String, Int64, Double)]? {
    let preloaded = try await connection.query(
      "select current_setting('pg_stat_statements.max', true) is not null"
    ).one().decode(Bool.self)
    guard preloaded else { return nil }
    return try await connection.query(
      """
      select regexp_replace(query, '\\s+', ' ', 'g'), calls, mean_exec_time
      from \(identifier: schema).pg_stat_statements
      where dbid = (select oid from pg_database where datname = current_database())
        and calls >= 10 and mean_exec_time > 100
      order by total_exec_time desc limit 5
      """
    ).decode((String, Int64, Double).self)
  }
}

/// Indexes that are broken, or that nobody uses.
struct IndexesCheck: DatabaseCheck {
  let name = "indexes"

  func findings(_ patient: Patient) async throws -> [Finding] {
    let invalid = try await patient.connection.query(
      """
      select i.indexrelid::regclass::text from pg_index as i
      where not i.indisvalid and not exists (
        select from pg_stat_progress_create_index as p where p.index_relid = i.indexrelid)
      """
    ).decode(String.self)
    let (unused, days) = try await unused(patient.connection)
    return [
      .graded(
        area, "invalid indexes", invalid.isEmpty ? "none" : invalid.joined(separator: ", "),
        warning: false, problem: !invalid.isEmpty,
        why: "They cost every write and serve no read; a unique one does not hold.",
        do: "reindex index concurrently NAME; of a unique one look for doubles first"),
      .graded(
        area, "unused indexes",
        unused.isEmpty ? "none over 10 MB in \(days) days" : unused.joined(separator: ", "),
        warning: !unused.isEmpty, problem: false,
        why: "In \(days) days nobody read them, and every write keeps them up to date.",
        do: "ask on every replica, too, before: drop index concurrently NAME;"),
    ]
  }

  /// Counted since the statistics began; before a week nothing is said.
  private func unused(
    _ connection: PostgresConnection
  ) async throws -> (names: [String], days: Int64) {
    let days = try await connection.query(
      """
      select floor(extract(epoch from now() - coalesce(
        s.stats_reset, pg_postmaster_start_time())) / 86400)::bigint
      from pg_stat_database as s where s.datname = current_database()
      """
    ).one().decode(Int64.self)
    guard days >= 7 else { return ([], days) }
    let names = try await connection.query(
      """
      select s.indexrelid::regclass::text
      from pg_stat_user_indexes as s join pg_index as i on i.indexrelid = s.indexrelid
      where s.idx_scan = 0 and not i.indisunique and pg_relation_size(s.indexrelid) > 10000000
      order by pg_relation_size(s.indexrelid) desc limit 10
      """
    ).decode(String.self)
    return (names, days)
  }
}

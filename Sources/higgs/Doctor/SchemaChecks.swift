import Postgres
import Store

/// Whether the tables are there, and new enough.
struct SchemaCheck: DatabaseCheck {
  let name = "schema"

  func findings(_ patient: Patient) async throws -> [Finding] {
    let needed = DatabaseProblem.migrationNeeded
    let why = "The server does not start on it."
    guard
      try await patient.connection.query(
        "select to_regclass('public.schema_migrations') is not null"
      ).one().decode(Bool.self)
    else {
      return [
        .problem(area, name, "there are no tables", why: why, do: "higgs migrate up, as the owner")
      ]
    }
    let version: Int32 = try await patient.connection.query(
      "select coalesce(max(version), 0) from public.schema_migrations"
    ).one().decode(column: 0)
    if version < needed {
      return [
        .problem(
          area, name, "at migration \(version), and \(needed) is needed", why: why,
          do: "higgs migrate up, as the owner")
      ]
    }
    return [.ok(area, name, "at migration \(version); this program needs \(needed) or newer")]
  }
}

/// Whether the ledger is sealed, and right as far as a quick look tells.
struct LedgerCheck: DatabaseCheck {
  let name = "ledger"
  let area = "ledger"

  func findings(_ patient: Patient) async throws -> [Finding] {
    let (sealed, rolledUp, unsealed, held) = try await patient.connection.query(
      """
      select extract(epoch from now() - s.sealed_at)::bigint,
        extract(epoch from now() - s.rolled_up_at)::bigint,
        (select count(*) from (
          select from transactions as t where t.posted_xid > s.sealed_to limit 100001) as few),
        pg_snapshot_xmax(pg_current_snapshot())::text::bigint
          - pg_snapshot_xmin(pg_current_snapshot())::text::bigint
      from ledger_state as s
      """
    ).one().decode((Int64?, Int64?, Int64, Int64).self)
    let maintenance =
      "select * from scheduled_maintenance(); and see to it that it runs each minute"
    return [
      age(
        "sealed", sealed,
        more: ", \(unsealed > 100_000 ? "over 100000" : "\(unsealed)") rows since",
        why: "What is not sealed can still be changed unnoticed.", maintenance),
      age(
        "rolled up", rolledUp, more: "",
        why: "System wallets' balances get slower and slower to tell.", maintenance),
      .graded(
        area, "horizon", "\(held) transactions behind", warning: held > 100_000,
        problem: held > 10_000_000,
        why: "An old transaction anywhere in the server holds sealing and vacuum back.",
        do: "what stands under 'long transactions', 'prepared transactions', 'replication slots'"),
      try await recent(patient.connection),
    ]
  }

  private func age(
    _ what: String, _ seconds: Int64?, more: String, why: String, _ command: String
  ) -> Finding {
    .graded(
      area, what, (seconds.map { "\($0) s ago" } ?? "never") + more,
      warning: (seconds ?? .max) > 600, problem: (seconds ?? 0) > 86_400, why: why, do: command)
  }

  private func recent(_ connection: PostgresConnection) async throws -> Finding {
    let failed = try await Ledger(connection).verify(recentOnly: true).filter { !$0.isOK }
    let found = failed.map { "\($0.name): \($0.problem ?? "")" }.joined(separator: "; ")
    return .graded(
      area, "verification", failed.isEmpty ? "the newest rows and seals are right" : found,
      warning: false, problem: !failed.isEmpty,
      why: "Chips came from nowhere or went missing, or history was changed.",
      do: "higgs ledger verify; keep the database as it is, and its log")
  }
}

/// Whether upkeep is done in time.
struct MaintenanceCheck: DatabaseCheck {
  let name = "maintenance"

  func findings(_ patient: Patient) async throws -> [Finding] {
    let late = try await patient.connection.query(
      "select task from maintenance_due() where due_since < now() - interval '10 minutes'"
    ).decode(String.self)
    return [
      .graded(
        area, name, late.isEmpty ? "nothing is late" : "late: \(late.joined(separator: ", "))",
        warning: !late.isEmpty, problem: false,
        why: "Partitions, seals, statistics and old sign-ins depend on it.",
        do: "select * from scheduled_maintenance(); and a cron line that does so each minute")
    ]
  }
}

/// Whether the months to come have their partitions.
struct PartitionsCheck: DatabaseCheck {
  let name = "partitions"

  func findings(_ patient: Patient) async throws -> [Finding] {
    let found = try await patient.connection.query(
      """
      select p.partrelid::regclass::text,
        count(*) filter (where to_timestamp(right(c.relname, 7), 'YYYY"m"MM') > now())
      from pg_partitioned_table as p
      left join pg_inherits as i on i.inhparent = p.partrelid
      left join pg_class as c on c.oid = i.inhrelid
      group by p.partrelid order by 2, 1
      """
    ).decode((String, Int64).self)
    guard let fewest = found.first else { return [.failed(area, name, "there are none")] }
    return [
      .graded(
        area, name, "\(fewest.1) months ahead (\(fewest.0))", warning: fewest.1 <= 2,
        problem: fewest.1 < 1,
        why: "A row without its month is refused: payments and moves stop then.",
        do: "select ensure_partitions();")
    ]
  }
}

/// Whether every hand that runs has a host.
struct NodesCheck: DatabaseCheck {
  let name = "nodes"

  func findings(_ patient: Patient) async throws -> [Finding] {
    let (alive, waiting) = try await patient.connection.query(
      """
      select (select count(*) from server_nodes where lease_expires_at > now()),
        (select count(*)
         from game_rooms as r
         left join server_nodes as n on n.id = r.host_node
         where r.current_hand_id is not null
           and coalesce(n.lease_expires_at, '-infinity') < now() - interval '15 seconds')
      """
    ).one().decode((Int64, Int64).self)
    return [
      .graded(
        area, name, "\(alive) servers have a lease, \(waiting) hands wait for one",
        warning: alive == 0, problem: waiting > 0,
        why: "A hand without a host does not go on; its players' chips wait in it.",
        do: "start a server (higgs serve); it takes such rooms within seconds")
    ]
  }
}

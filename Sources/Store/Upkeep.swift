package import Postgres

/// The database's upkeep: tasks whose time has come, and what tells whether it is done.
package struct Upkeep<Client: PostgresClient>: Sendable {
  let client: Client

  /// The upkeep of the database behind a connection, a transaction or a pool.
  package init(_ client: Client) {
    self.client = client
  }

  /// The names of the tasks that are due, in the order in which to run them.
  package func due() async throws(PostgresError) -> [String] {
    try await client.query("select task from maintenance_due()").decode(String.self)
  }

  /// Does one task in a transaction of its own; how much it did, or nil while another session is at
  /// it.
  @discardableResult
  package func run(
    _ task: String, timeoutMilliseconds: Int? = nil
  ) async throws(PostgresError) -> Int64? {
    try await client.query(
      "select run_maintenance(\(task))", QueryOptions(timeoutMilliseconds: timeoutMilliseconds)
    ).one().decode(column: 0)
  }

  /// How well the database is kept. Partitions of a month have names such as transactions_y2026m11.
  package func state() async throws(PostgresError) -> UpkeepState {
    let (sealedAt, overdue, months) = try await client.query(
      """
      select
        (select extract(epoch from s.sealed_at)::bigint from ledger_state as s),
        (select count(*) from maintenance_due() as d where d.due_since < now() - interval '5 min'),
        (
          select coalesce(min(m.ahead), 0)
          from (
            select count(*) filter (
              where to_timestamp(right(c.relname, 7), 'YYYY"m"MM') > now()) as ahead
            from pg_partitioned_table as p
            join pg_inherits as i on i.inhparent = p.partrelid
            join pg_class as c on c.oid = i.inhrelid
            where c.relname ~ '_y[0-9]{4}m[0-9]{2}$'
              and c.relnamespace = 'public'::regnamespace
            group by p.partrelid
          ) as m
        )
      """
    ).one().decode((Int64?, Int64, Int64).self)
    return UpkeepState(sealedAt: sealedAt, overdueTasks: Int(overdue), monthsAhead: Int(months))
  }
}

/// How well a database is kept.
package struct UpkeepState: Hashable, Sendable {
  /// When the ledger was last sealed, in seconds of Unix time; nil before the first time.
  package var sealedAt: Int64?
  /// Tasks that have been due for more than five minutes.
  package var overdueTasks: Int
  /// The fewest months ahead for which a partitioned table has a partition.
  package var monthsAhead: Int
}

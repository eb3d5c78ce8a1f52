import Postgres

/// The advisory lock that lets one migration at a time work on a database.
///
/// It is asked for again and again and never waited for inside PostgreSQL: the snapshot of a
/// blocked statement would be waited for by `create index concurrently`, which the holder may be
/// running.
package struct MigrationLock: Sendable {
  /// The key of the lock; `database/setup.sql` takes the same one.
  package static let key = 7_162_653_105_347_891

  private let session: MigrationSession
  private let limits: MigrationLimits
  private let report: @Sendable (MigrationEvent) -> Void

  /// A lock that is not held yet.
  package init(
    session: MigrationSession,
    limits: MigrationLimits,
    report: @escaping @Sendable (MigrationEvent) -> Void
  ) {
    self.session = session
    self.limits = limits
    self.report = report
  }

  /// Does `work` while the session holds the lock; throws if it is not free in time.
  package func whileHeld<Result>(_ work: () async throws -> Result) async throws -> Result {
    try await acquire()
    do {
      let result = try await work()
      try await release()
      return result
    } catch {
      // The end of the session gives the lock back where this cannot.
      try? await release()
      throw error
    }
  }

  private func acquire() async throws {
    let deadline = ContinuousClock.now + .seconds(limits.waitSeconds)
    var told: Int?
    while true {
      if try await session.value("select pg_try_advisory_lock(\(Self.key))") { return }
      let holder = try await holder()
      if told == nil || told != holder?.processID {
        report(.waitingForLock(holder))
        told = holder?.processID ?? 0
      }
      guard ContinuousClock.now < deadline else {
        throw MigrationError.lockNotAcquired(waitedSeconds: limits.waitSeconds, holder: holder)
      }
      try await Task.sleep(for: .milliseconds(limits.pollMilliseconds))
    }
  }

  private func release() async throws {
    _ = try await session.value("select pg_advisory_unlock(\(Self.key))", as: Bool.self)
  }

  private func holder() async throws -> LockHolder? {
    try await session.query(Self.holderQuery).oneOrNone().map { row throws(PostgresError) in
      let values = try row.decode((Int, String?, String?, String?).self)
      return LockHolder(
        processID: values.0,
        applicationName: values.1 ?? "",
        role: values.2,
        since: values.3
      )
    }
  }

  /// A lock by one bigint shows up with its halves in `classid` and `objid`, `objsubid` 1.
  private static let holderQuery: SQL = """
    select
      l.pid, a.application_name, a.usename::text,
      to_char(a.backend_start at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
    from pg_locks as l
    left join pg_stat_activity as a on a.pid = l.pid
    where l.locktype = 'advisory' and l.granted and l.objsubid = 1
      and l.database = (select oid from pg_database where datname = current_database())
      and (l.classid::bigint << 32 | l.objid::bigint) = \(key)
    """
}

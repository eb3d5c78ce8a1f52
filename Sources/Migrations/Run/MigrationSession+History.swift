package import Postgres

extension MigrationSession {
  /// The rows of `public.schema_migrations`, by version, or that there is no such table.
  package func history() async throws -> MigrationHistory {
    guard try await value("select to_regclass('public.schema_migrations') is not null") else {
      return .noTable
    }
    guard try await value("select has_table_privilege('public.schema_migrations', 'select')")
    else {
      let rights = try await rights()
      throw MigrationError.missingRights(role: rights.role, rights.missingForRecord)
    }
    let rows = try await query(
      """
      select
        version, name, sha256,
        to_char(applied_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
        applied_by, duration_ms
      from public.schema_migrations
      order by version
      """
    )
    return .records(try rows.decode(MigrationRecord.self))
  }

  /// Writes a file's row, as the owner of the table, in the running transaction.
  func record(_ file: MigrationFile, durationMilliseconds: Int) async throws {
    do {
      _ = try await query(
        """
        select set_config('role', pg_get_userbyid(c.relowner), true)
        from pg_class as c where c.oid = to_regclass('public.schema_migrations')
        """
      )
      _ = try await query(
        """
        insert into public.schema_migrations (version, name, sha256, applied_by, duration_ms)
        values (
          \(file.version), \(file.name), \(file.sha256), session_user, \(durationMilliseconds))
        """
      )
      try await run("reset role")
    } catch PostgresError.server(let refusal) {
      throw MigrationError.statementFailed(
        StatementFailure(recording: file.fileName, refusal: refusal)
      )
    }
  }
}

extension MigrationRecord: RowDecodable {
  /// Reads version, name, hash, time, user and duration.
  package init(row: Row) throws(PostgresError) {
    let values = try row.decode((Int, String, String, String, String, Int).self)
    self.init(
      version: values.0,
      name: values.1,
      sha256: values.2,
      appliedAt: values.3,
      appliedBy: values.4,
      durationMilliseconds: values.5
    )
  }
}

import Postgres

extension MigrationSession {
  /// Which of the indexes that these files make without a transaction are there already.
  package func indexStates(of files: [MigrationFile]) async throws -> [IndexState] {
    var states: [IndexState] = []
    for file in files where file.mode == .statements {
      for index in SQLScript(file.sql).statements.compactMap(\.createdIndex) {
        if let state = try await indexState(index, version: file.version) { states.append(state) }
      }
    }
    return states
  }

  /// What became of the index of one statement; nil if it is not there.
  ///
  /// Who builds it is told by his lock on the table, which only one session can have: what the
  /// progress view says of others but their process is not for ordinary roles.
  ///
  /// An unqualified table lies in `public`: the session's search path holds nothing else.
  func indexState(_ index: CreatedIndex, version: Int) async throws -> IndexState? {
    let rows = try await query(
      """
      select
        format('%I.%I', n.nspname, i.relname), x.indisvalid and x.indisready,
        (
          select l.pid
          from pg_locks as l
          join pg_stat_progress_create_index as p on p.pid = l.pid
          where l.locktype = 'relation' and l.granted and l.relation = x.indrelid
            and l.mode = 'ShareUpdateExclusiveLock'
            and l.database = (select oid from pg_database where datname = current_database())
        )
      from pg_class as i
      join pg_namespace as n on n.oid = i.relnamespace
      join pg_index as x on x.indexrelid = i.oid
      where n.nspname = \(index.schema ?? "public")::text and i.relname = \(index.name)::text
      """
    )
    return try rows.oneOrNone().map { row throws(PostgresError) in
      let values = try row.decode((String, Bool, Int?).self)
      return IndexState(
        version: version,
        name: values.0,
        isValid: values.1,
        builder: values.2
      )
    }
  }
}

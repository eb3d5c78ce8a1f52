import Postgres

/// A database that exists for one comparison: the migrations are run in it, its catalog is read,
/// and it is dropped.
///
/// All files run in one transaction that is rolled back. Roles belong to the whole server, so this
/// is what keeps a comparison from changing anything outside the scratch database.
struct ScratchDatabase: Sendable {
  /// What every scratch database's name starts with.
  static let prefix = "higgs_scratch_"
  /// After how long one that nobody is connected to counts as left behind.
  static let leftBehindMinutes = 60

  let session: MigrationSession
  let limits: MigrationLimits
  let report: @Sendable (MigrationEvent) -> Void

  /// The catalog that these files make in an empty database.
  func catalog(of files: [MigrationFile]) async throws -> CatalogSnapshot {
    precondition(!files.isEmpty, "without files there is nothing to expect")
    let rights = try await session.rights()
    guard rights.missingForScratch.isEmpty else {
      throw MigrationError.missingRights(role: rights.role, rights.missingForScratch)
    }
    try await dropLeftBehind()
    let name = Self.prefix + String(UInt64.random(in: .min ... .max), radix: 36)
    try await create(name)
    do {
      let snapshot = try await build(files, in: name)
      try await drop(name)
      return snapshot
    } catch {
      // What cannot be dropped now is dropped by a later run as left behind.
      try? await drop(name)
      throw error
    }
  }

  private func build(_ files: [MigrationFile], in name: String) async throws -> CatalogSnapshot {
    do {
      return try await session.withDatabase(name) { scratch in
        try await LockRetry(limits: limits, report: report).run(files[0]) {
          try await scratch.inRolledBackTransaction { try await run(files, on: $0) }
        }
      }
    } catch MigrationError.statementFailed(let failure) {
      throw MigrationError.scratchFailed(failure)
    }
  }

  private func run(
    _ files: [MigrationFile],
    on scratch: MigrationSession
  ) async throws -> CatalogSnapshot {
    for file in files {
      for part in file.partsForOneTransaction {
        try await scratch.run(part.sql, of: file, firstLine: part.line)
      }
      try await scratch.reset()
      // Pending checks of one file would be in the way of the next one's ALTER TABLE.
      try await scratch.run("set constraints all immediate", of: file, firstLine: 1)
    }
    return try await scratch.catalog()
  }
}

extension ScratchDatabase {
  /// Made like the live one, so that its collation and encoding do not differ.
  private func create(_ name: String) async throws {
    let statements = try await session.query(
      """
      select
        format(
          'create database %I template template0 encoding %L locale_provider libc '
          'lc_collate %L lc_ctype %L',
          \(name)::text, pg_encoding_to_char(encoding), datcollate, datctype),
        format(
          'comment on database %I is %L', \(name)::text,
          'Scratch of higgs migrate, made '
          || to_char(now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'))
      from pg_database where datname = current_database()
      """
    ).one().decode((String, String).self)
    try await session.run(statements.0)
    try await session.run(statements.1)
  }

  private func drop(_ name: String) async throws {
    try await session.run("drop database if exists \(SQL.quoted(identifier: name)) with (force)")
  }

  /// A run that was killed could not drop its own; its name and comment show it for what it is.
  private func dropLeftBehind() async throws {
    let names = try await session.query(
      """
      select d.datname::text
      from pg_database as d
      where starts_with(d.datname, \(Self.prefix)::text) and pg_has_role(d.datdba, 'usage')
        and not exists (select from pg_stat_activity as a where a.datid = d.oid)
        and substring(shobj_description(d.oid, 'pg_database') from 'made (.*)$')::timestamptz
          < now() - make_interval(mins => \(Self.leftBehindMinutes)::integer)
      """
    )
    for row in names {
      let name: String = try row.decode(column: 0)
      try await drop(name)
      report(.droppedScratch(name: name))
    }
  }
}

extension MigrationFile {
  /// The file's text for a transaction on an empty database: a file of its own statements without
  /// CONCURRENTLY, which cannot run there, and without VACUUM, which changes no schema.
  fileprivate var partsForOneTransaction: [(sql: String, line: Int)] {
    switch mode {
    case .transaction:
      [(sql, 1)]
    case .statements:
      SQLScript(sql).statements
        .filter { !$0.starts(with: "vacuum") && !$0.starts(with: "reindex") }
        .map { ($0.withoutConcurrently, $0.line) }
    }
  }
}

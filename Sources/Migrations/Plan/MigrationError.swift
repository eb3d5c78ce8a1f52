/// Why a command of the migrator failed.
package enum MigrationError: Error, Equatable, Sendable {
  /// No folder of migrations at any of these places.
  case folderNotFound(tried: [String])
  /// The folder named is not there or cannot be read.
  case folderUnreadable(path: String)
  /// The folder holds no `.sql` file.
  case noFiles(path: String)
  /// The server is older than any that is supported.
  case serverTooOld(version: Int, oldest: Int)
  /// The server takes no changes.
  case serverIsStandby
  /// The database cannot hold every text.
  case wrongEncoding(String)
  /// Files and records do not fit.
  case refused([MigrationProblem])
  /// Someone else held the migration lock longer than we were told to wait.
  case lockNotAcquired(waitedSeconds: Int, holder: LockHolder?)
  /// The role lacks rights; each comes with the statement that gives it.
  case missingRights(role: String, [MissingRight])
  /// PostgreSQL refused a statement of a file.
  case statementFailed(StatementFailure)
  /// A file without transaction left these indexes invalid.
  case invalidIndexes(file: String, names: [String])
  /// An index of a file without transaction is being built by another session.
  case indexInUse(file: String, index: String, builder: Int)
  /// There is no `public.schema_migrations` to record anything in.
  case noRecordTable
  /// The command needs a record and there is none.
  case nothingApplied
  /// A snapshot file cannot be read.
  case snapshotUnreadable(path: String, reason: String)
  /// The schema is not what the migrations make; each difference is a line. It may be what those of
  /// an older release make.
  case schemaDiffers(version: Int, differences: [CatalogDifference], equalTo: Int?)
  /// The migrations themselves failed in the scratch database.
  case scratchFailed(StatementFailure)
}

extension MigrationError: CustomStringConvertible {
  /// What happened and what to do.
  package var description: String {
    switch self {
    case .folderNotFound(let tried):
      """
      no folder of migrations found. Name it with --migrations DIR or HIGGS_MIGRATIONS. Looked \
      at:\n\(tried.map { "  \($0)" }.joined(separator: "\n"))
      """
    case .folderUnreadable(let path):
      "the folder \(path) is not there or cannot be read. Check --migrations or HIGGS_MIGRATIONS."
    case .noFiles(let path):
      "the folder \(path) holds no .sql file. Check --migrations or HIGGS_MIGRATIONS."
    case .refused(let problems):
      problems.map(\.description).joined(separator: "\n")
    case .serverTooOld(let version, let oldest):
      "PostgreSQL \(version) is too old. Use \(oldest) or newer."
    case .serverIsStandby:
      "this server is a standby and takes no changes. Connect to the primary."
    case .wrongEncoding(let encoding):
      """
      the database has the encoding \(encoding). Make it with 'createdb --template=template0 \
      --encoding=UTF8 NAME'.
      """
    case .lockNotAcquired(let waitedSeconds, let holder):
      """
      the migration lock was not free within \(waitedSeconds) s: \
      \(holder?.description ?? "its holder is unknown"). Wait for it, or give --wait-seconds more.
      """
    case .missingRights(let role, let rights):
      Self.text(role: role, rights: rights)
    case .statementFailed(let failure):
      failure.description
    default: schemaText
    }
  }

  private var schemaText: String {
    switch self {
    case .invalidIndexes(let file, let names):
      """
      \(file) ended, but left invalid indexes: \(names.joined(separator: ", ")). Run 'higgs \
      migrate up' again; it drops and rebuilds them.
      """
    case .indexInUse(let file, let index, let builder):
      """
      \(file): the index \(index) is being built by process \(builder) right now. Wait for it, \
      then run 'higgs migrate up' again.
      """
    case .nothingApplied:
      """
      no migration is recorded in this database. Run 'higgs migrate up' (empty database) or \
      'higgs migrate baseline' (schema made by hand).
      """
    case .noRecordTable:
      """
      there is no table public.schema_migrations, so migration 001 was not run in this database. \
      Run 'higgs migrate up'. If only that table was lost, make it as migration 001 does, and run \
      'higgs migrate baseline' again.
      """
    case .snapshotUnreadable(let path, let reason):
      "\(path) is not a snapshot of 'higgs migrate drift --snapshot --json': \(reason)."
    case .schemaDiffers(let version, _, let older?):
      """
      the schema is not what migrations 1 to \(version) make, but what 1 to \(older) make; nothing \
      was recorded. Run 'higgs migrate baseline --to \(older)', then 'higgs migrate up'.
      """
    case .schemaDiffers(let version, let differences, nil):
      """
      the schema is not what migrations 1 to \(version) make; nothing was recorded.
      \(differences.map(\.line).joined(separator: "\n"))
      """
    case .scratchFailed(let failure):
      "the migrations could not be run in a scratch database: \(failure.description)"
    default: ""
    }
  }

  private static func text(role: String, rights: [MissingRight]) -> String {
    let lines = rights.map { "  \($0.statement)   -- \($0.reason)" }
    return """
      the role \(role) lacks rights. Have a superuser (or the owner) run:
      \(lines.joined(separator: "\n"))
      """
  }

  /// A stable name for programs.
  package var code: String {
    switch self {
    case .folderNotFound: "folder_not_found"
    case .folderUnreadable: "folder_unreadable"
    case .noFiles: "no_files"
    case .serverTooOld: "server_too_old"
    case .serverIsStandby: "server_is_standby"
    case .wrongEncoding: "wrong_encoding"
    case .refused(let problems): problems.first?.code ?? "refused"
    case .lockNotAcquired: "lock_not_acquired"
    case .missingRights: "missing_rights"
    case .statementFailed: "statement_failed"
    case .invalidIndexes: "invalid_indexes"
    case .indexInUse: "index_in_use"
    case .noRecordTable: "no_record_table"
    case .nothingApplied: "nothing_applied"
    case .snapshotUnreadable: "snapshot_unreadable"
    case .schemaDiffers: "schema_differs"
    case .scratchFailed: "scratch_failed"
    }
  }
}

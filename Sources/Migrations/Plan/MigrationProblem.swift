/// Why files and records do not fit: each is a refusal that names what and says what to do.
package enum MigrationProblem: Error, Equatable, Sendable {
  // One file by itself.
  case badFileName(file: String)
  case notUTF8(file: String)
  case wrongLineEndings(file: String)
  case emptyFile(file: String)
  case unknownDirective(file: String, directive: String)
  case forbidden(file: String, line: Int, what: String)
  case needsNoTransaction(file: String, line: Int, what: String)
  case notRepeatable(file: String, line: Int, what: String)

  // The files among each other.
  case duplicateVersion(version: Int, first: String, second: String)
  case gap(missing: Int, before: String)

  // Files against records.
  case changedFile(file: String, recorded: String, found: String)
  case renamedFile(version: Int, recorded: String, found: String)
  case missingFile(version: Int, name: String)
  case outOfOrder(file: String, newest: String)
  case recordGap(missing: Int, newest: Int)
  case unrecordedSchema

  // The wish against both.
  case unknownTarget(version: Int, newest: Int)
  case targetBehind(version: Int, applied: Int)
}

extension MigrationProblem: CustomStringConvertible {
  /// What is wrong and what to do, in one paragraph.
  package var description: String {
    fileText ?? numberingText ?? recordText ?? wishText
  }

  private var fileText: String? {
    switch self {
    case .badFileName(let file):
      """
      \(file): a migration's name is three digits from 001 on, an underscore, then lower-case \
      letters, digits and underscores, then .sql (such as 007_player_limits.sql). Rename it, or \
      move it out of the folder.
      """
    case .notUTF8(let file):
      "\(file): the file is not UTF-8. Save it as UTF-8."
    case .wrongLineEndings(let file):
      """
      \(file): lines must end with a line feed, the last one, too, and not with a carriage return \
      (the hash is of the bytes). Check the file out with 'eol=lf' (see .gitattributes).
      """
    case .emptyFile(let file):
      "\(file): the file holds no statement. Write one, or remove the file."
    case .unknownDirective(let file, let directive):
      """
      \(file): the header '-- higgs: \(directive)' means nothing; the one header known is \
      '-- higgs: \(MigrationFile.noTransactionDirective)'.
      """
    case .forbidden(let file, let line, let what):
      """
      \(file):\(line): a migration must not hold \(what): the runner wraps file and record in one \
      transaction and sends it as plain SQL. Take it out.
      """
    case .needsNoTransaction(let file, let line, let what):
      """
      \(file):\(line): \(what) cannot run in a transaction. Move the statement to a file of its \
      own that starts with '-- higgs: \(MigrationFile.noTransactionDirective)'.
      """
    case .notRepeatable(let file, let line, let what):
      """
      \(file):\(line): a file without a transaction may stop half way and is run again, so it may \
      only hold statements that do no harm twice; '\(what) …' is none. Allowed are CREATE INDEX \
      with IF NOT EXISTS and a name, DROP INDEX IF EXISTS, ALTER TYPE … ADD VALUE IF NOT EXISTS, \
      ALTER TABLE … VALIDATE CONSTRAINT, ALTER INDEX, COMMENT ON, ANALYZE, VACUUM, REFRESH \
      MATERIALIZED VIEW, SET and RESET.
      """
    default: nil
    }
  }

  private var numberingText: String? {
    switch self {
    case .duplicateVersion(let version, let first, let second):
      """
      two files carry the number \(version): \(first) and \(second). Give the one that was not \
      released yet the next free number.
      """
    case .gap(let missing, let before):
      """
      there is no migration \(missing), but there is \(before). Restore the missing file, or \
      renumber \(before) if it was not released yet.
      """
    default: nil
    }
  }

  private var recordText: String? {
    switch self {
    case .changedFile(let file, let recorded, let found):
      """
      \(file) was changed after it was applied: recorded sha256 \(recorded), the file has \
      \(found). Restore the file as it was released, and put the change into a new migration.
      """
    case .renamedFile(let version, let recorded, let found):
      """
      migration \(version) was applied as \(recorded), but the file is now called \(found). \
      Give the file its old name back.
      """
    case .missingFile(let version, let name):
      """
      migration \(version) (\(name)) is recorded as applied, but there is no such file. This \
      program may be older than the database: use the release that has the file, or restore it.
      """
    case .outOfOrder(let file, let newest):
      """
      \(file) is new, but \(newest) is already applied. Migrations run in order only: give the \
      new file a number above \(newest).
      """
    case .recordGap(let missing, let newest):
      """
      public.schema_migrations has a row for \(newest), but none for \(missing): a row was \
      deleted by hand. Put it back (version, name and sha256 are in database/setup.sql).
      """
    case .unrecordedSchema:
      """
      public.schema_migrations is there but empty: the files were run by hand. Run 'higgs migrate \
      baseline', which proves that the schema is what the migrations make and records them.
      """
    default: nil
    }
  }

  private var wishText: String {
    switch self {
    case .unknownTarget(let version, let newest):
      "there is no migration \(version); the newest is \(newest)."
    case .targetBehind(let version, let applied):
      """
      the database is already at \(applied), which is past \(version), and migrations are not \
      undone. Restore a backup if the older schema is wanted.
      """
    default: ""
    }
  }
}

extension MigrationProblem {
  /// A stable name for programs.
  package var code: String {
    switch self {
    case .badFileName: "bad_file_name"
    case .notUTF8: "not_utf8"
    case .wrongLineEndings: "wrong_line_endings"
    case .emptyFile: "empty_file"
    case .unknownDirective: "unknown_directive"
    case .forbidden: "forbidden_statement"
    case .needsNoTransaction: "needs_no_transaction"
    case .notRepeatable: "not_repeatable"
    case .duplicateVersion: "duplicate_version"
    case .gap: "gap"
    case .changedFile: "changed_file"
    case .renamedFile: "renamed_file"
    case .missingFile: "missing_file"
    case .outOfOrder: "out_of_order"
    case .recordGap: "record_gap"
    case .unrecordedSchema: "unrecorded_schema"
    case .unknownTarget: "unknown_target"
    case .targetBehind: "target_behind"
    }
  }
}

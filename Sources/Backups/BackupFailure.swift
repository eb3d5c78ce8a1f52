package import Postgres

/// Why a backup was not made or not restored.
package struct BackupFailure: Error, Sendable, CustomStringConvertible {
  /// What is to be told apart by the exit code; the numbers are those of sysexits.h where it has one.
  package enum Kind: Int32, Sendable {
    /// It failed.
    case failed = 1
    /// The file is no whole backup.
    case notABackup = 65
    /// There is no such file or folder.
    case notThere = 66
    /// The database cannot be reached.
    case unavailable = 69
    /// The folder cannot be written to.
    case cannotWrite = 73
    /// Another one is at work; later it will do.
    case busy = 75
  }

  /// Which of them.
  package let kind: Kind
  /// What happened, and what to do.
  package let description: String

  package init(_ kind: Kind, _ description: String) {
    self.kind = kind
    self.description = description
  }

  /// The failure of a connection or of a statement.
  package init(_ error: PostgresError) {
    switch error {
    case .connectionFailed, .invalidConfiguration, .connectionLost, .timedOut:
      self.init(
        .unavailable, "\(error)\nCheck --database-url or DATABASE_URL (or PGHOST, PGDATABASE…).")
    case .server(let refusal) where refusal.sqlState == .insufficientPrivilege:
      self.init(.failed, "\(error). \(Self.rights)")
    case .server(let refusal) where refusal.sqlState == .undefinedTable:
      self.init(
        .failed, "this database is not Higgs Domino's, or is not migrated: \(refusal.message).")
    default: self.init(.failed, "\(error)")
    }
  }

  /// What a role needs that dumps.
  static let rights = """
    A backup reads every table. As a superuser run: create role higgs_backup login; grant \
    pg_read_all_data to higgs_backup; grant connect on database NAME to higgs_backup;
    """
}

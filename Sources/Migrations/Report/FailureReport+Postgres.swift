package import Postgres

extension FailureReport {
  /// The failure of a connection or of a statement that is the migrator's own.
  package init(_ error: PostgresError) {
    switch error {
    case .connectionFailed, .invalidConfiguration:
      self.init(
        code: "not_connected",
        message: """
          \(error)
          Check --database-url or DATABASE_URL (or PGHOST, PGPORT, PGDATABASE, PGUSER).
          """
      )
    case .connectionLost, .commitUnknown:
      self.init(
        code: "connection_lost",
        message: """
          \(error). Each migration is there as a whole or not at all; 'higgs migrate status' shows \
          which, and 'higgs migrate up' goes on.
          """
      )
    case .server(let refusal) where refusal.sqlState == .insufficientPrivilege:
      self.init(
        code: "missing_rights",
        message: """
          \(error). Connect as the role that installed the database, or grant higgs_owner to this \
          one.
          """
      )
    default:
      self.init(code: "postgres", message: "\(error)")
    }
  }
}

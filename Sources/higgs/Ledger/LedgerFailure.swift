import ArgumentParser
import Postgres

/// Why a command of `higgs ledger` failed.
struct LedgerFailure: Error, CustomStringConvertible {
  /// What happened, and what to do.
  let description: String

  init(_ description: String) {
    self.description = description
  }

  /// The failure of a connection or of a statement.
  init(_ error: PostgresError) {
    switch error {
    case .connectionFailed, .invalidConfiguration:
      description = """
        \(error)
        Check --database-url or DATABASE_URL (or PGHOST, PGPORT, PGDATABASE, PGUSER).
        """
    case .server(let refusal)
    where [.undefinedFunction, .undefinedTable, .undefinedColumn].contains(refusal.sqlState):
      description = """
        this database has not all of the ledger: \(refusal.message). Bring it up to date with \
        'higgs migrate up'.
        """
    case .server(let refusal) where refusal.sqlState == .insufficientPrivilege:
      description = """
        \(error). Connect as higgs_app, which may sign, or as higgs_readonly, which may look and \
        verify.
        """
    case .server(let refusal) where refusal.sqlState == .readOnlyTransaction:
      description = "\(error). Sealing and signing need the primary; connect to that."
    default: description = "\(error)"
    }
  }

  /// Does `work`; a failure goes to standard error and ends the program.
  static func reported(_ work: () async throws -> Void) async throws {
    do {
      try await work()
    } catch let error as PostgresError {
      try end(LedgerFailure(error))
    } catch let error as LedgerFailure {
      try end(error)
    }
  }

  private static func end(_ failure: LedgerFailure) throws {
    Console.complain("Error: \(failure)")
    throw ExitCode.failure
  }
}

import ArgumentParser
import Postgres

/// Why a deal could not be verified at all; a deal that is not fair is no failure.
struct FairFailure: Error, CustomStringConvertible {
  /// What the program ends with, by the names of sysexits.h.
  enum Code: Int32 {
    case notARecord = 65
    case noSuchInput = 66
    case unavailable = 69
  }

  let code: Code
  let description: String

  init(_ code: Code, _ description: String) {
    self.code = code
    self.description = description
  }

  /// The failure of a connection or of a statement.
  init(_ error: PostgresError) {
    switch error {
    case .server(let refusal) where refusal.sqlState == .undefinedTable:
      self.init(
        .unavailable, "this database has no hands: \(refusal.message). Is it Higgs Domino's?")
    default:
      self.init(
        .unavailable, "\(error)\nCheck --database-url or DATABASE_URL (or PGHOST, PGDATABASE…).")
    }
  }

  /// Does `work`; a failure goes to standard error and ends the program.
  static func reported(_ work: () async throws -> Void) async throws {
    do {
      try await work()
    } catch let error as PostgresError {
      throw FairFailure(error).told()
    } catch let error as FairFailure {
      throw error.told()
    }
  }

  private func told() -> ExitCode {
    Console.complain("Error: \(self)")
    return ExitCode(code.rawValue)
  }
}

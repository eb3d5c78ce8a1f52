import ArgumentParser
import Backups
import Foundation

/// The options of the commands that start PostgreSQL's programs.
struct ProgramOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Where pg_dump and pg_restore are.",
      discussion: "Default: /usr/lib/postgresql/VERSION/bin, then PATH.", valueName: "dir"))
  var postgresPrograms: String?

  @Option(help: "How long one dump or restore may take, such as 30min or 6h.")
  var timeout = TimeLimit(milliseconds: 6 * 3_600_000)

  func validate() throws {
    guard timeout.milliseconds >= 1_000 else {
      throw ValidationError("--timeout is at least 1s: nothing may take for ever, or no time.")
    }
  }

  var programs: PostgresPrograms { PostgresPrograms(folder: postgresPrograms) }
  var timeoutSeconds: Int { timeout.milliseconds / 1_000 }
}

/// The options of the commands that make backups.
struct TakingOptions: ParsableArguments {
  @OptionGroup var database: DatabaseOptions
  @OptionGroup var programs: ProgramOptions

  @Option(help: ArgumentHelp("The folder for backups; it must be there.", valueName: "dir"))
  var to: String

  @Option(help: "How many good backups of this database are kept, the new one included.")
  var keep = 14

  func validate() throws {
    guard (1...10_000).contains(keep) else {
      throw ValidationError("--keep is from 1 to 10000: the last good backup is never removed.")
    }
  }

  /// Makes one.
  func take() async throws -> BackupTaker.Taken {
    let taker = BackupTaker(
      try database.configuration(), to: try BackupFolder(to), programs: programs.programs,
      timeoutSeconds: programs.timeoutSeconds)
    return try await taker.take(keep: keep)
  }
}

extension BackupFailure {
  /// Does `work`; a failure goes to standard error and ends the program.
  static func reported(_ work: () async throws -> Void) async throws {
    do {
      try await work()
    } catch let failure as BackupFailure {
      Console.complain("Error: \(failure)")
      throw ExitCode(failure.kind.rawValue)
    } catch is CancellationError {
      Console.complain("Error: ended by a signal; nothing half done is left.")
      throw ExitCode.failure
    }
  }
}

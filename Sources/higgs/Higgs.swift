import ArgumentParser
import Migrations

/// `higgs`: the program that everything is run with.
struct Higgs: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "higgs",
    abstract: "The backend for multiplayer domino games.",
    version: "1.0.0",
    subcommands: [
      Serve.self, Migrate.self, LedgerCommand.self, FairCommand.self, BackupCommand.self,
      SmokeCommand.self, DoctorCommand.self, KeysCommand.self, ConfigurationCommand.self,
    ]
  )

  /// What a wrong command line ends with: 2 for the commands that have always done so, else 64.
  static func usageFailure(of arguments: [String]) -> ExitCode {
    switch arguments.first {
    case "fair", "serve", "smoke", "doctor", "backup": .validationFailure
    default: ExitCode(MigrationExitCode.usage.rawValue)
    }
  }
}

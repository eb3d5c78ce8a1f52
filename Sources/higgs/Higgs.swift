import ArgumentParser
import Migrations

/// `higgs`: the program that everything is run with.
struct Higgs: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "higgs",
    abstract: "The backend for multiplayer domino games.",
    version: "1.0.0",
    subcommands: [Serve.self, Migrate.self, LedgerCommand.self]
  )

  /// What a wrong command line ends with.
  static let usageFailure = ExitCode(MigrationExitCode.usage.rawValue)
}

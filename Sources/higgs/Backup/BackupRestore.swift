import ArgumentParser
import Backups

/// `higgs backup restore`
struct BackupRestore: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "restore",
    abstract:
      "Restore a backup into an empty database, and verify the ledger and the journal there.",
    discussion: """
      Anything but an empty database is refused, and left as it is. Roles that are missing are \
      made, without passwords. After it the ledger's positions go on where they were \
      (ledger_rebase), whatever the server's own count.

        createdb restored
        higgs backup restore higgs-….dump --database-url 'dbname=restored'
      """
  )

  @Argument(help: ArgumentHelp("The dump.", valueName: "file"))
  var file: String

  @OptionGroup var database: DatabaseOptions
  @OptionGroup var programs: ProgramOptions

  @Flag(help: "Take a dump that has no manifest beside it.")
  var noManifest = false

  @Flag(help: "Answer with one JSON object on standard output.")
  var json = false

  func run() async throws {
    try await BackupFailure.reported {
      let restoring = Restoring(
        restorer: BackupRestorer(
          file, into: try database.configuration(), programs: programs.programs,
          timeoutSeconds: programs.timeoutSeconds, needsManifest: !noManifest))
      let report = try await Ending(restoring).run()
      Console.say(json ? try report.json : report.text)
      if !report.isOK { throw ExitCode.failure }
    }
  }
}

/// One restore.
private struct Restoring: CancellableWork {
  let restorer: BackupRestorer

  func run() async throws -> RestoreReport { try await restorer.restore { Console.complain($0) } }
}

import ArgumentParser
import Migrations
import Postgres

/// `higgs migrate wait`
struct MigrateWait: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "wait",
    abstract: "Wait until the database has at least the version of this program's files.",
    discussion: """
      For init containers: it changes nothing, and prints a line for each change of what it sees. A \
      later version than the files have is good, too: releases expand before they contract.

      Exit codes: 0 the version is there; 1 the files or the address are wrong; 2 wrong command \
      line; 4 the time is over.
      """
  )

  @OptionGroup var database: DatabaseOptions
  @OptionGroup var files: FolderOptions

  @Option(help: "How long to wait at most; 0 looks once.")
  var timeoutSeconds = 300

  func validate() throws {
    guard (0...86_400).contains(timeoutSeconds) else {
      throw ValidationError("--timeout-seconds is from 0 to 86400.")
    }
  }

  func run() async throws {
    let (wait, needed) = try prepare()
    let isReady = await wait.run(timeoutSeconds: timeoutSeconds) { state in
      Console.say(Self.line(state, needed: needed))
    }
    guard isReady else {
      Console.complain(
        "Error: waited \(timeoutSeconds) s in vain for version \(needed). Does 'higgs migrate up' "
          + "run, and on this database?")
      throw ExitCode(MigrationExitCode.timedOut.rawValue)
    }
  }

  private func prepare() throws -> (SchemaWait, needed: Int) {
    do {
      let needed = try files.folder().newestVersion
      return (SchemaWait(try database.configuration(), needed: needed), needed)
    } catch {
      Console.complain("Error: \(error)")
      throw ExitCode(MigrationExitCode.failed.rawValue)
    }
  }

  private static func line(_ state: SchemaWait.State, needed: Int) -> String {
    switch state {
    case .unreachable(let reason): "the database cannot be asked: \(reason)"
    case .empty: "the database has no tables yet; waiting for version \(needed)"
    case .behind(let version): "the database is at \(version); waiting for version \(needed)"
    case .ready(let version): "the database is at \(version); \(needed) is needed"
    }
  }
}

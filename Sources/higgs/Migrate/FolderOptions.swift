import ArgumentParser
import FoundationEssentials
import Migrations

/// The option of every command that needs the migrations' files.
struct FolderOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The folder of migrations.",
      discussion: """
        Default: $HIGGS_MIGRATIONS, else database/migrations beside this program, in the working \
        directory or in the nearest parent that has it.
        """,
      valueName: "dir"
    )
  )
  var migrations: String?

  /// The files, read and checked.
  func folder() throws -> MigrationFolder {
    try MigrationFolder(
      path: try MigrationFolder.find(
        given: migrations ?? Environment.process.given(.migrations),
        executable: Self.executable,
        workingDirectory: FileManager.default.currentDirectoryPath
      )
    )
  }

  /// This program's own file.
  private static var executable: String? {
    let link = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    return link ?? CommandLine.arguments.first.flatMap { $0.contains("/") ? $0 : nil }
  }
}

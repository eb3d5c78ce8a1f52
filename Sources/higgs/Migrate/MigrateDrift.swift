import ArgumentParser
import Migrations

/// `higgs migrate drift`
struct MigrateDrift: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "drift",
    abstract: "Name every object that is not what the recorded migrations make.",
    discussion: """
      The migrations are run in a scratch database on the same server, which is dropped \
      afterwards; that needs CREATEDB. Where it is not to be had, --expected compares with a \
      snapshot from a server of the same version. Rows, extensions, publications and dated \
      partitions are left out.
      """
  )

  @OptionGroup var options: MigrateOptions

  @Flag(help: "Print the database's schema as it is, one line a property; compare nothing.")
  var snapshot = false

  @Option(
    help: ArgumentHelp(
      "Compare with what 'drift --snapshot --json' printed.",
      valueName: "file"
    )
  )
  var expected: String?

  @Option(help: "A schema that is nobody's business; may be given more than once.")
  var ignoreSchema: [String] = []

  func validate() throws {
    if snapshot, expected != nil {
      throw ValidationError("--snapshot prints, --expected compares: give one of them.")
    }
  }

  func run() async throws {
    let ignored = Set(ignoreSchema)
    if snapshot {
      try await options.answer {
        try await options.connected("drift") { session in
          try await session.catalogInTransaction().leavingOut(schemas: ignored)
        }
      }
    } else if let expected {
      try await options.answer {
        let snapshot = try CatalogSnapshot(file: expected)
        return try await options.connected("drift") { session in
          try await session.drift(from: snapshot, ignoring: ignored)
        }
      }
    } else {
      try await options.run("drift") { try await $0.drift(ignoring: ignored) }
    }
  }
}

import ArgumentParser

/// `higgs migrate up`
struct MigrateUp: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "up",
    abstract: "Run what is pending, each migration with its record in one transaction.",
    discussion: """
      One run at a time works on a database; another waits for it and says so. Killed at any \
      moment, it leaves whole migrations only.
      """
  )

  @OptionGroup var options: MigrateOptions

  @Option(help: "Stop after this migration.")
  var to: Int?

  func run() async throws {
    try await options.run("up") { try await $0.up(to: to) }
  }
}

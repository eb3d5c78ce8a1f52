import ArgumentParser

/// `higgs migrate plan`
struct MigratePlan: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Show what 'up' would run, without running it."
  )

  @OptionGroup var options: MigrateOptions

  @Option(help: "Stop after this migration.")
  var to: Int?

  @Flag(help: "Show the SQL.")
  var sql = false

  func run() async throws {
    try await options.run("plan") { try await $0.plan(to: to, showsSQL: sql) }
  }
}

import ArgumentParser

/// `higgs migrate status`
struct MigrateStatus: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Show what was applied, when and by whom, and what is pending."
  )

  @OptionGroup var options: MigrateOptions

  func run() async throws {
    try await options.run("status") { try await $0.status() }
  }
}

import ArgumentParser

/// `higgs migrate baseline`
struct MigrateBaseline: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "baseline",
    abstract: "Adopt a database whose files were run by hand: prove its schema, then record them.",
    discussion: """
      The migrations are run in a scratch database on the same server, which is dropped \
      afterwards; that needs CREATEDB. If anything differs, every difference is listed and nothing \
      is recorded.
      """
  )

  @OptionGroup var options: MigrateOptions

  @Option(help: "The last migration that was run by hand; the newest if not given.")
  var to: Int?

  func run() async throws {
    try await options.run("baseline") { try await $0.baseline(to: to) }
  }
}

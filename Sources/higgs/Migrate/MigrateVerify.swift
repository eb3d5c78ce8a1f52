import ArgumentParser

/// `higgs migrate verify`
struct MigrateVerify: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Check that every recorded file is, byte for byte, what was applied."
  )

  @OptionGroup var options: MigrateOptions

  func run() async throws {
    try await options.run("verify") { try await $0.verify() }
  }
}

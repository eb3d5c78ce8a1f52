import ArgumentParser

/// `higgs fair`: proof that a deal was not chosen by anyone.
struct FairCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fair",
    abstract: "Verify that a hand was dealt as it was promised.",
    subcommands: [FairVerify.self]
  )
}

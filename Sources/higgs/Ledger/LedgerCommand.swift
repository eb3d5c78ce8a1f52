import ArgumentParser

/// `higgs ledger`: the seals of the ledger and their signatures.
struct LedgerCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ledger",
    abstract: "Sign the head of the ledger, and verify that nobody has rewritten it.",
    discussion: """
      The database seals its ledger into a hash chain, which its owner could compute anew. So the \
      head of the chain is signed with a key that the database never sees, and published. See \
      docs/ledger-signing.md.

      Exit codes: 0 done, all is well; 1 refused or failed; 2 wrong command line.
      """,
    subcommands: [LedgerHeadCommand.self, LedgerSign.self, LedgerVerify.self, LedgerKeygen.self]
  )
}

import ArgumentParser
import LedgerSigning

/// `higgs ledger keygen`
struct LedgerKeygen: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "keygen",
    abstract: "Make a key for signing in a new file, and print its public half.",
    discussion: """
      The file is PEM, readable by its owner only. Keep it off the database's machines and back it \
      up; publish what is printed where the database's owner cannot change it.
      """
  )

  @Argument(help: "The file to make; one that is there is left alone.")
  var file: String

  func run() async throws {
    try await LedgerFailure.reported {
      let key = SigningKey.random()
      try KeyFile.create(file, text: key.pem)
      Console.complain("made \(file), the key \(key.verificationKey.id). Its public key:")
      Console.say(key.verificationKey.hexadecimal)
    }
  }
}

import ArgumentParser
import Core
import Fairness

/// `higgs fair verify`
struct FairVerify: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Recompute a deal from what was revealed, and compare it with the promise.",
    discussion: """
      It reads the record of a deal (docs/formats.md) from a file or, with -, from standard input, \
      and needs no server for that. With the id of a hand it fetches the record: from a database, \
      or from a running server.

        higgs fair verify deal.json
        higgs fair verify 01a20a72-dcfe-7719-baf5-b2b9a6f9b060 --url http://127.0.0.1:3000

      Exit codes: 0 fair; 1 not fair; 64 wrong command line; 65 what was read is no record; 66 no \
      such file or hand, or its seed is not revealed; 69 the database or the server cannot be \
      reached.
      """
  )

  @Argument(help: ArgumentHelp("A file, - for standard input, or a hand.", valueName: "file|-|id"))
  var source: String

  @OptionGroup var database: DatabaseOptions

  @Option(help: ArgumentHelp("A running server that knows the hand.", valueName: "url"))
  var url: String?

  @Option(
    help: ArgumentHelp(
      "A file with an access token, for servers that show hands to players only.",
      valueName: "file"))
  var tokenFile: String?

  func validate() throws {
    let isHand = ID<Hand>(source) != nil
    if url != nil, database.databaseURL != nil {
      throw ValidationError("--url and --database-url are two places. Name one.")
    }
    if !isHand, url != nil || database.databaseURL != nil {
      throw ValidationError(
        "'\(source)' is not the id of a hand, such as 01a20a72-dcfe-7719-baf5-b2b9a6f9b060.")
    }
    if tokenFile != nil, url == nil { throw ValidationError("--token-file goes with --url.") }
  }

  func run() async throws {
    try await FairFailure.reported {
      let evidence = try await evidence()
      let report = FairReport(evidence)
      Console.say(report.text)
      if !report.isFair { throw ExitCode.failure }
    }
  }

  private func evidence() async throws -> DealEvidence {
    guard let hand = ID<Hand>(source) else {
      return try DealEvidence(json: InputText.bytes(of: source), of: source)
    }
    if let url {
      let token = try tokenFile.map { try InputText.line(of: $0) }
      return try await DealEvidence(hand: hand, server: url, token: token)
    }
    return try await DealEvidence(hand: hand, database: try database.configuration())
  }
}

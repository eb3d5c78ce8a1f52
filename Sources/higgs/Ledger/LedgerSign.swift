import ArgumentParser
import LedgerSigning
import Postgres
import Store

/// `higgs ledger sign`
struct LedgerSign: AsyncParsableCommand {
  /// A call seals at most a hundred blocks of 10,000 rows.
  private static let sealingCallsMax = 10_000

  static let configuration = CommandConfiguration(
    commandName: "sign",
    abstract: "Seal what is final, sign the newest seal, and print the signed head to publish.",
    discussion: """
      Standard output is one line of JSON: append it to what is published. The signature is stored \
      in the database, too; the key never gets there.
      """
  )

  @OptionGroup var options: LedgerOptions

  @Option(help: "The private key, as 'higgs ledger keygen' makes it.")
  var key: String

  @Option(
    help: ArgumentHelp(
      "What was published so far: nothing is signed if the ledger does not continue it.",
      valueName: "file"
    )
  )
  var head: String?

  func run() async throws {
    try await LedgerFailure.reported {
      let key = try KeyFile.signingKey(self.key)
      let published = try head.map(KeyFile.publishedHeads) ?? []
      let signed = try await options.connected("sign", readOnly: false) { connection in
        let ledger = Ledger(connection)
        try await Self.seal(ledger)
        try await Self.refuseRewritten(ledger, key, published)
        return try await Self.sign(ledger, key)
      }
      Console.say(try signed.json)
    }
  }

  private static func seal(_ ledger: Ledger<PostgresConnection>) async throws {
    let blocksMax: Int32 = 100
    for _ in 0..<sealingCallsMax where try await ledger.seal(atMost: blocksMax) < blocksMax {
      return
    }
    throw LedgerFailure("there is more to seal than one run does. Run it again.")
  }

  /// A rewritten ledger must not get a good signature on top. What was published tells; without it
  /// the newest stored signatures do, among which anyone may have put a bad one.
  private static func refuseRewritten(
    _ ledger: Ledger<PostgresConnection>, _ key: SigningKey, _ published: [SignedHead]
  ) async throws {
    let audit = HeadAudit(keys: [key.verificationKey])
    let keyID = key.verificationKey.id
    var checks: [IntegrityCheck] = []
    if published.isEmpty {
      checks.append(audit.stored(try await ledger.signatures(of: keyID, seals: 1), keyID: keyID))
    } else {
      let ours = published.filter { $0.keyID == keyID }
      checks.append(audit.signatures(of: ours))
      checks.append(
        audit.seals(
          of: published, seals: try await ledger.seals(published.map(\.head.number)),
          newest: try await ledger.head()))
    }
    guard let failed = checks.first(where: { !$0.isOK }) else { return }
    throw LedgerFailure(
      """
      nothing was signed: \(failed.problem ?? failed.name). Look at 'higgs ledger verify'\
      \(published.isEmpty ? "; with --head what was published decides" : "").
      """)
  }

  private static func sign(
    _ ledger: Ledger<PostgresConnection>, _ key: SigningKey
  ) async throws -> SignedHead {
    guard let head = try await ledger.head() else {
      throw LedgerFailure(
        """
        there is nothing to sign: no transaction is final yet. One that is posted becomes final \
        when every older database transaction of the server has ended.
        """)
    }
    let signed = try key.sign(head)
    _ = try await ledger.sign(
      seal: head.number, keyID: signed.keyID, signature: signed.signature)
    return signed
  }
}

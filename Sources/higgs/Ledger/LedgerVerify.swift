import ArgumentParser
import LedgerSigning
import Postgres
import Store

/// `higgs ledger verify`
struct LedgerVerify: AsyncParsableCommand {
  /// For how many seals the signatures that the database holds are checked, the newest first.
  private static let signedSealsMax: Int64 = 100_000

  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Check the ledger, the journal, and that both are what was signed and published.",
    discussion: """
      It only reads, and works on a standby. Without --head it proves that the ledger fits \
      together; with the published heads also that nobody, the owner included, has rewritten what \
      was sealed before.
      """
  )

  @OptionGroup var options: LedgerOptions

  @Option(
    help: ArgumentHelp(
      "Signed heads as published, one a line: what 'higgs ledger sign' printed.",
      valueName: "file"
    )
  )
  var head: String?

  @Option(
    help: ArgumentHelp(
      "The public key of the signatures; may be given more than once.", valueName: "hex|file")
  )
  var publicKey: [String] = []

  @Flag(help: "Only what has come since the last rollup, and the last seals: quick, proves less.")
  var recent = false

  @Flag(
    help: """
      Months were detached and moved away on purpose: that their seals cannot be read is no failure.
      """
  )
  var detachedMonths = false

  @Flag(help: "Answer with one JSON object on standard output.")
  var json = false

  func validate() throws {
    if head != nil, publicKey.isEmpty {
      throw ValidationError(
        "--head needs --public-key: a head proves nothing unless its signature is checked.")
    }
  }

  func run() async throws {
    try await LedgerFailure.reported {
      let keys = try publicKey.map(KeyFile.verificationKey)
      let published = try head.map(KeyFile.publishedHeads) ?? []
      let report = try await options.connected("verify", readOnly: true) { connection in
        try await examine(connection, keys, published)
      }
      Console.say(try json ? report.json : report.text)
      if !report.isOK { throw ExitCode.failure }
    }
  }

  private func examine(
    _ connection: PostgresConnection, _ keys: [VerificationKey], _ published: [SignedHead]
  ) async throws -> LedgerReport {
    let ledger = Ledger(connection)
    let database = try await connection.query("select current_database()::text")
      .one().decode(String.self)
    let newest = published.max { $0.head.number < $1.head.number }
    let checks = try await ledger.verify(head: newest?.head.hash, recentOnly: recent)
    return LedgerReport(
      database: database, isRecent: recent, ledger: checks + unreadSeals(checks),
      journal: try await Journal(connection).verify(),
      signatures: try await Self.signatures(ledger, keys, published))
  }

  /// Seals whose rows have left prove nothing, and whoever hides a change may say so of any.
  private func unreadSeals(_ checks: [IntegrityCheck]) -> [IntegrityCheck] {
    guard let seals = checks.first(where: { $0.name == "seals_intact" }), seals.isOK,
      seals.problem != nil
    else { return [] }
    return [
      IntegrityCheck(
        name: "every_seal_was_read", isOK: detachedMonths, examined: seals.examined,
        problem: """
          not every seal was recomputed, since ledger_archives says that months have left. If you \
          moved them away, bring their tables back to verify all, or add --detached-months; if you \
          did not, somebody hides a change
          """)
    ]
  }

  private static func signatures(
    _ ledger: Ledger<PostgresConnection>, _ keys: [VerificationKey], _ published: [SignedHead]
  ) async throws -> [IntegrityCheck] {
    let audit = HeadAudit(keys: keys)
    var checks: [IntegrityCheck] = []
    if !published.isEmpty {
      checks.append(audit.signatures(of: published))
      checks.append(
        audit.seals(
          of: published, seals: try await ledger.seals(published.map(\.head.number)),
          newest: try await ledger.head()))
    }
    for key in keys {
      checks.append(
        audit.stored(
          try await ledger.signatures(of: key.id, seals: signedSealsMax), keyID: key.id))
    }
    return checks
  }
}

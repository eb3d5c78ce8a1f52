import LedgerSigning
import Postgres
import Store
import TestSupport
import Testing

/// Ways to change what happened, each with the figures that follow from it.
enum Rewriting: String, CaseIterable, Sendable {
  case raiseFirstGrant, deletePayment, redirectPayment, backdatePayment, cutOffNewestBlock

  var script: String {
    switch self {
    case .raiseFirstGrant: OwnerAttack.raiseFirstGrant
    case .deletePayment: OwnerAttack.deletePayment
    case .redirectPayment: OwnerAttack.redirectPayment
    case .backdatePayment: OwnerAttack.backdatePayment
    case .cutOffNewestBlock: OwnerAttack.cutOffNewestBlock
    }
  }
}

@Suite("An owner of the database", .timeLimit(.minutes(5)))
struct OwnerTests {
  @Test("who changes one amount, with the triggers off, is caught by the seal, which is named")
  func oneAmount() async throws {
    try await SealedLedger.with { ledger in
      #expect(try await ledger.complaints() == [])
      try await OwnerAttack(owner: ledger.owner).unguarded(
        """
        update transactions set amount = amount + 1
        where (posted_xid, id) = (
          select l.last_xid, l.last_id from ledger_seals as l where l.no = 2);
        """)
      let checks = try await ledger.ledger.verify()
      let seals = checks.first { $0.name == "seals_intact" }
      #expect(seals?.isOK == false)
      #expect(seals?.problem?.contains("seal 2 ") == true)
      #expect(seals?.problem?.contains("seal 1 ") == false)
      #expect(checks.contains { $0.name == "balances_equal_postings" && !$0.isOK })
      let verified = try await ledger.higgs("verify")
      #expect(verified.exitCode == 1)
      #expect(verified.output.contains("seal 2 "))
    }
  }

  @Test(
    "who recomputes the whole chain satisfies verify_ledger(), and is caught by the signed head",
    arguments: Rewriting.allCases)
  func recomputes(rewriting: Rewriting) async throws {
    try await SealedLedger.with { ledger in
      let signed = try await ledger.sign()
      let head = try ledger.folder.write("heads", try signed.json)
      let proof = ["--head", head, "--public-key", ledger.publicKey]
      #expect(try await ledger.verify(proof).exitCode == 0)

      try await OwnerAttack(owner: ledger.owner).unguarded(
        rewriting.script + "\n" + OwnerAttack.recomputeSeals)

      #expect(try await ledger.complaints() == [], "the owner was not careful enough")
      #expect(try await ledger.verify([]).exitCode == 0)
      #expect(
        try await ledger.complaints(head: signed.head.hash) == ["head_is_in_the_chain"])
      let caught = try await ledger.verify(proof)
      #expect(caught.exitCode == 1)
      #expect(caught.output.contains("after this head was published"))
      try await expectNotSigned(ledger, head: head)
    }
  }

  /// A good signature on top of a rewritten ledger would bury what was done.
  private func expectNotSigned(_ ledger: SealedLedger, head: String) async throws {
    let again = try await ledger.higgs("sign", "--key", ledger.keyPath, "--head", head)
    #expect(again.exitCode == 1)
    #expect(again.output.isEmpty)
    #expect(again.errors.contains("nothing was signed"))
  }

  @Test("who leaves the signatures where they are is caught by them alone")
  func storedSignatures() async throws {
    try await SealedLedger.with { ledger in
      _ = try await ledger.sign()
      let attack = OwnerAttack(owner: ledger.owner)
      try await attack.unguarded(OwnerAttack.raiseFirstGrant + OwnerAttack.recomputeSeals)
      let caught = try await ledger.verify(["--public-key", ledger.publicKey])
      #expect(caught.exitCode == 1)
      #expect(caught.output.contains("was rewritten after it was signed"))
      let again = try await ledger.higgs("sign", "--key", ledger.keyPath)
      #expect(again.exitCode == 1)
    }
  }

  @Test("who removes the signatures or signs with another key is caught by the published head")
  func otherSignatures() async throws {
    try await SealedLedger.with { ledger in
      let head = try ledger.folder.write("heads", try await ledger.sign().json)
      try await OwnerAttack(owner: ledger.owner).unguarded(
        OwnerAttack.raiseFirstGrant + OwnerAttack.recomputeSeals
          + "delete from ledger_seal_signatures;")
      let own = SigningKey.random()
      let forged = try own.sign(try #require(try await ledger.ledger.head()))
      _ = try await ledger.ledger.sign(
        seal: forged.head.number, keyID: forged.keyID, signature: forged.signature)
      let proof = ["--public-key", ledger.publicKey]
      #expect(try await ledger.verify(proof).exitCode == 0, "there is no signature of our key left")
      #expect(try await ledger.verify(["--head", head] + proof).exitCode == 1)
      let forgery = try ledger.folder.write("forgery", try forged.json)
      let refused = try await ledger.verify(["--head", forgery] + proof)
      #expect(refused.exitCode == 1)
      #expect(refused.output.contains("which was not given"))
    }
  }

  private static let claims: [(Rewriting, String)] = [
    // All rows are here, so the block is held to them.
    (.raiseFirstGrant, "seal 1 "), (.backdatePayment, "seal 1 "),
    // One is not: the block cannot be read, and whoever verifies must agree to that.
    (.deletePayment, "every_seal_was_read"),
  ]

  @Test("who says that the changed rows have left with a month is not believed", arguments: claims)
  func forgedArchive(rewriting: Rewriting, says: String) async throws {
    try await SealedLedger.with { ledger in
      let head = try ledger.folder.write("heads", try await ledger.sign().json)
      try await OwnerAttack(owner: ledger.owner).unguarded(
        rewriting.script + OwnerAttack.forgeArchive)
      let caught = try await ledger.verify(["--head", head, "--public-key", ledger.publicKey])
      #expect(caught.exitCode == 1)
      #expect(caught.output.contains(says))
    }
  }
}

extension SealedLedger {
  /// Runs `higgs ledger verify`.
  func verify(_ arguments: [String]) async throws -> ProgramResult {
    try await higgs(arguments: ["verify"] + arguments)
  }
}

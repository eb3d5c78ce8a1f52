import Core
import LedgerSigning
import Store
import Testing

@Suite("The audit of signed heads")
struct HeadAuditTests {
  private let key = SigningKey.random()
  private var audit: HeadAudit { HeadAudit(keys: [key.verificationKey]) }

  private func head(_ number: Int64, _ byte: UInt8 = 7) -> LedgerHead {
    LedgerHead(
      number: number, lastPosition: number * 100, lastID: ID(rawValue: UInt128(number)),
      hash: [UInt8](repeating: byte, count: 32))
  }

  @Test("finds nothing where the seals are those that were published")
  func clean() throws {
    let published = try [1, 5, 9].map { try key.sign(head($0)) }
    #expect(audit.signatures(of: published).isOK)
    let seals = audit.seals(of: published, seals: [1, 5, 9].map { head($0) }, newest: head(12))
    #expect(seals.isOK && seals.examined == 3 && seals.problem == nil)
  }

  @Test("tells a rewritten seal, a missing one and a changed publication apart")
  func problems() throws {
    let published = try [1, 5, 9].map { try key.sign(head($0)) }
    let rewritten = audit.seals(
      of: published, seals: [head(1), head(5, 8), head(9)], newest: head(9))
    #expect(!rewritten.isOK)
    #expect(rewritten.problem?.contains("seal 5 is not the one that was signed") == true)
    #expect(
      rewritten.problem?.contains("the ledger was rewritten after this head was published") == true)
    let cut = audit.seals(of: published, seals: [head(1), head(5)], newest: head(6))
    #expect(cut.problem?.contains("there is no seal 9, the newest is 6") == true)
    let other = try SigningKey.random().sign(head(9))
    #expect(audit.signatures(of: [other]).problem?.contains("which was not given") == true)
    var changed = published
    changed[1].head.lastPosition += 1
    #expect(
      audit.signatures(of: changed).problem?.contains("the published file was changed") == true)
  }

  @Test("a seal with the right hash and another last row is not the one that was published")
  func wholeSeal() throws {
    let published = [try key.sign(head(9))]
    for seal in [head(9).with { $0.lastPosition += 1 }, head(9).with { $0.lastID.flip() }] {
      #expect(!audit.seals(of: published, seals: [seal], newest: seal).isOK)
    }
  }

  @Test("holds the signatures in the database to the seals in the database")
  func stored() throws {
    let signature = try key.sign(head(3)).signature
    let id = key.verificationKey.id
    let good = StoredSignature(number: 3, head: head(3), signature: signature)
    #expect(audit.stored([good], keyID: id).isOK)
    let rewritten = StoredSignature(number: 3, head: head(3, 9), signature: signature)
    #expect(
      audit.stored([rewritten], keyID: id).problem?.contains("rewritten after it was signed")
        == true)
    let orphan = StoredSignature(number: 3, head: nil, signature: signature)
    #expect(audit.stored([orphan], keyID: id).problem?.contains("cut off") == true)
    #expect(!audit.stored([good], keyID: "ed25519-unknown").isOK)
  }

  @Test("is content with one good signature of a seal, and tells of the bad ones beside it")
  func storedBeside() throws {
    let id = key.verificationKey.id
    let good = StoredSignature(
      number: 3, head: head(3), signature: try key.sign(head(3)).signature)
    let bad = StoredSignature(
      number: 3, head: head(3), signature: try SigningKey.random().sign(head(3)).signature)
    for stored in [[bad, good], [good, bad, bad]] {
      let check = audit.stored(stored, keyID: id)
      #expect(check.isOK)
      #expect(check.problem?.contains("\(stored.count - 1) of \(stored.count) signatures") == true)
    }
    #expect(!audit.stored([bad, bad], keyID: id).isOK)
    let next = StoredSignature(number: 4, head: head(4), signature: bad.signature)
    #expect(!audit.stored([good, next], keyID: id).isOK)
  }

  @Test("names the first problems and counts the rest")
  func bounded() throws {
    let published = try (1...20).map { try key.sign(head($0)) }
    let check = audit.seals(of: published, seals: [], newest: nil)
    #expect(check.problem?.contains("there is no seal 5, the newest is none") == true)
    #expect(check.problem?.hasSuffix("; and 15 more") == true)
    #expect(check.problem?.contains("seal 6,") == false)
  }
}

extension ID {
  fileprivate mutating func flip() { self = ID(rawValue: rawValue ^ 1) }
}

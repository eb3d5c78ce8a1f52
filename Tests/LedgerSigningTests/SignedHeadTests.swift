import Core
import LedgerSigning
import Store
import Testing

@Suite("A signed head")
struct SignedHeadTests {
  @Test("is the signature, by RFC 8032, of the bytes that are documented")
  func vector() throws {
    #expect(Hexadecimal.text(Samples.head.signedBytes) == Samples.signedBytes)
    let key = try VerificationKey(text: Samples.publicKey)
    #expect(key.id == Samples.keyID)
    let signature = try #require(Hexadecimal.bytes(Samples.signature))
    #expect(
      key.isSigned(SignedHead(head: Samples.head, keyID: key.id, signature: signature)))
  }

  @Test("comes back from its line of JSON, and is accepted by its key alone")
  func roundTrip() throws {
    let key = try Samples.key()
    let signed = try key.sign(Samples.head)
    let line = try signed.json
    #expect(!line.contains("\n"))
    #expect(try SignedHead(json: line) == signed)
    #expect(key.verificationKey.isSigned(signed))
    #expect(!SigningKey.random().verificationKey.isSigned(signed))
  }

  @Test("is refused when any part of it was changed")
  func tampering() throws {
    let key = try Samples.key()
    let signed = try key.sign(Samples.head)
    var forged = [
      signed.head.with { $0.number += 1 }, signed.head.with { $0.lastPosition -= 1 },
      // A length is part of what is signed: bytes cannot move from one field into another.
      signed.head.with { $0.hash.removeLast() }, signed.head.with { $0.hash.append(0) },
    ]
    for bit in 0..<128 {
      forged.append(
        signed.head.with { $0.lastID = ID(rawValue: $0.lastID.rawValue ^ 1 << UInt128(bit)) })
    }
    for bit in 0..<256 { forged.append(signed.head.with { $0.hash[bit / 8] ^= 1 << (bit % 8) }) }
    for head in forged {
      let copy = SignedHead(head: head, keyID: signed.keyID, signature: signed.signature)
      #expect(!key.verificationKey.isSigned(copy), "\(head)")
    }
    for bit in 0..<512 {
      var copy = signed
      copy.signature[bit / 8] ^= 1 << (bit % 8)
      #expect(!key.verificationKey.isSigned(copy), "bit \(bit) of the signature")
    }
    for count in [0, 63, 65] {
      var copy = signed
      copy.signature = Array((signed.signature + [0]).prefix(count))
      #expect(!key.verificationKey.isSigned(copy), "\(count) bytes")
    }
    let other = SignedHead(head: signed.head, keyID: "other", signature: signed.signature)
    #expect(!key.verificationKey.isSigned(other))
  }

  private static let malformedLines: [(String, String)] = [
    ("", "it is not what"), ("[]", "it is not what"), ("{\"format\": 1}", "it is not what"),
    (#"{"format":"#, "it is not what"),
    (line(format: "higgs-domino ledger head v2"), "v2"),
    (line(id: "12"), "last_id"), (line(hash: "00"), "hash"),
    (line(hash: String(repeating: "z", count: 64)), "hash"),
    (line(signature: Samples.signature.dropLast(2) + ""), "signature"),
    (line(number: "\"12\""), "it is not what"), (line(number: "1e30"), "it is not what"),
  ]

  private static func line(
    format: String = LedgerHead.format, number: String = "12",
    id: String = "01890a5d-ac96-774b-bcce-b302099a8057",
    hash: String = String(repeating: "0", count: 64), signature: String = Samples.signature
  ) -> String {
    """
    {"format": "\(format)", "number": \(number), "last_position": 1, "last_id": "\(id)", \
    "hash": "\(hash)", "key_id": "k", "signature": "\(signature)"}
    """
  }

  @Test("that is malformed is refused by a text that names the part", arguments: malformedLines)
  func malformed(line: String, says: String) throws {
    let error = #expect(throws: SignedHeadProblem.self) { try SignedHead(json: line) }
    #expect(error?.description.contains(says) == true)
    #expect(throws: Never.self) { try SignedHead(json: Self.line()) }
  }

  @Test("stands on a line of its own; a bad one is named by its number")
  func lines() throws {
    let signed = try Samples.key().sign(Samples.head)
    let text = try signed.json
    #expect(try SignedHead.lines(of: "\(text)\n\n\(text)\r\n") == [signed, signed])
    #expect(try SignedHead.lines(of: "").isEmpty)
    let error = #expect(throws: SignedHeadProblem.self) {
      try SignedHead.lines(of: "\(text)\nnonsense\n")
    }
    #expect(error?.description.hasPrefix("line 2: ") == true)
  }
}

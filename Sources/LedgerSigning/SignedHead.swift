import Core
import FoundationEssentials
package import Store

/// A head with its signature: what is published.
package struct SignedHead: Hashable, Sendable {
  /// How long a signature is.
  package static let signatureByteCount = 64

  /// The head.
  package var head: LedgerHead
  /// Name of the key that signed it.
  package var keyID: String
  /// Ed25519, 64 bytes.
  package var signature: [UInt8]

  /// A signed head as it stands.
  package init(head: LedgerHead, keyID: String, signature: [UInt8]) {
    self.head = head
    self.keyID = keyID
    self.signature = signature
  }
}

/// Why a line is not a signed head.
package struct SignedHeadProblem: Error, Equatable, Sendable, CustomStringConvertible {
  /// What is wrong with it.
  package let description: String

  init(_ description: String) {
    self.description = description
  }
}

extension SignedHead {
  /// One line of JSON, without a line break.
  package var json: String {
    get throws {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      return String(decoding: try encoder.encode(Fields(self)), as: UTF8.self)
    }
  }

  /// Reads one line of JSON.
  package init(json: String) throws(SignedHeadProblem) {
    let fields: Fields
    do {
      fields = try JSONDecoder().decode(Fields.self, from: Data(json.utf8))
    } catch {
      throw SignedHeadProblem("it is not what 'higgs ledger sign' prints")
    }
    guard fields.format == LedgerHead.format else {
      throw SignedHeadProblem(
        "its format is \"\(fields.format)\"; this program knows \"\(LedgerHead.format)\"")
    }
    guard let id = ID<Transaction>(fields.lastID) else {
      throw SignedHeadProblem("its last_id is not an identifier")
    }
    head = LedgerHead(
      number: fields.number, lastPosition: fields.lastPosition, lastID: id,
      hash: try Self.bytes(fields.hash, count: 32, of: "hash"))
    keyID = fields.keyID
    signature = try Self.bytes(fields.signature, count: Self.signatureByteCount, of: "signature")
  }

  /// Reads many, one a line, as they are published one after the other; empty lines are skipped.
  package static func lines(of text: String) throws(SignedHeadProblem) -> [SignedHead] {
    var heads: [SignedHead] = []
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    where line.contains(where: { !$0.isWhitespace }) {
      do throws(SignedHeadProblem) {
        heads.append(try SignedHead(json: String(line)))
      } catch {
        throw SignedHeadProblem("line \(index + 1): \(error)")
      }
    }
    return heads
  }

  private static func bytes(
    _ text: String, count: Int, of field: String
  ) throws(SignedHeadProblem) -> [UInt8] {
    guard let bytes = Hexadecimal.bytes(text), bytes.count == count else {
      throw SignedHeadProblem("its \(field) is not \(2 * count) hexadecimal digits")
    }
    return bytes
  }

  private struct Fields: Codable {
    let format: String
    let number: Int64
    let lastPosition: Int64
    let lastID: String
    let hash: String
    let keyID: String
    let signature: String

    enum CodingKeys: String, CodingKey {
      case format, number, hash, signature
      case lastPosition = "last_position"
      case lastID = "last_id"
      case keyID = "key_id"
    }

    init(_ signed: SignedHead) {
      format = LedgerHead.format
      number = signed.head.number
      lastPosition = signed.head.lastPosition
      lastID = signed.head.lastID.description
      hash = Hexadecimal.text(signed.head.hash)
      keyID = signed.keyID
      signature = Hexadecimal.text(signed.signature)
    }
  }
}

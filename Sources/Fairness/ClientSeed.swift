/// A player's share in the deal: 1 to 64 characters of `A-Za-z0-9_-`.
package struct ClientSeed: Sendable, Hashable {
  /// The seed.
  package let text: String

  /// The longest seed, in characters.
  package static let maximumLength = 64

  /// The seed with this text.
  package init(_ text: String) throws(ClientSeedError) {
    let bytes = text.utf8
    guard !bytes.isEmpty else { throw .empty }
    guard bytes.count <= ClientSeed.maximumLength else { throw .tooLong(bytes.count) }
    guard bytes.allSatisfy(ClientSeed.isAllowed) else { throw .characterNotAllowed }
    self.text = text
  }

  /// The seeds of a hand as one text: joined by commas, in rising order of seats.
  package static func joined(_ seeds: [ClientSeed]) -> String {
    seeds.map(\.text).joined(separator: ",")
  }

  private static func isAllowed(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
      true
    default: false
    }
  }
}

/// Why a text is no client seed.
package enum ClientSeedError: Error, Hashable, Sendable {
  case empty
  /// So many bytes, where 64 are allowed.
  case tooLong(Int)
  /// Something else than `A-Za-z0-9_-`.
  case characterNotAllowed
}

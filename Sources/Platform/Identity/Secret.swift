import Crypto
import FoundationEssentials

/// A random text that stands for an account or a sign-in. Only its SHA-256 is ever stored.
package struct Secret: Hashable, Sendable {
  /// What a secret is for; the first letters tell it, so that a leaked one can be found.
  package enum Kind: String, Sendable {
    /// Signs a guest in.
    case guest = "hdg_"
    /// Gets a new access token, once.
    case refresh = "hdr_"
  }

  /// The text that the client keeps.
  package let text: String

  /// 256 random bits.
  private static let randomBytes = 32
  /// The same in base64url without padding.
  private static let randomCharacters = 43

  /// A new one, from the system's generator.
  package init(_ kind: Kind) {
    var generator = SystemRandomNumberGenerator()
    let bytes = (0..<Self.randomBytes).map { _ in UInt8.random(in: 0...255, using: &generator) }
    text = kind.rawValue + Base64URL.text(bytes)
  }

  /// One that a client sent; nil where it cannot be a secret of that kind.
  package init?(_ text: String, _ kind: Kind) {
    guard text.hasPrefix(kind.rawValue),
      text.utf8.count == kind.rawValue.utf8.count + Self.randomCharacters,
      text.utf8.dropFirst(kind.rawValue.utf8.count).allSatisfy(Base64URL.isDigit)
    else { return nil }
    self.text = text
  }

  /// What is stored: SHA-256 of the text. Its 256 bits of chance need no salt and no stretching.
  package var hash: [UInt8] { Array(SHA256.hash(data: Data(text.utf8))) }
}

/// RFC 4648's alphabet for URLs, without padding.
enum Base64URL {
  static func text(_ bytes: [UInt8]) -> String {
    Data(bytes).base64EncodedString()
      .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
  }

  static func isDigit(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"), UInt8(ascii: "_"):
      true
    default: false
    }
  }
}

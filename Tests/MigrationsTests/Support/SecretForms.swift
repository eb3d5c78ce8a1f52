import Crypto
import Foundation

/// A thing that must not be found in a dump, in any form that a careless program leaves it in.
struct Secret {
  /// What it is, for the test's report; never the secret.
  let name: String
  /// Its bytes.
  let bytes: [UInt8]
  /// Whether it could be guessed, so that a bare hash of it tells it, too.
  let isGuessable: Bool

  /// Something that people choose: an address, a number, a password.
  init(_ name: String, text: String) {
    self.name = name
    bytes = Array(text.utf8)
    isGuessable = true
  }

  /// Something random.
  init(_ name: String, bytes: [UInt8]) {
    self.name = name
    self.bytes = bytes
    isGuessable = false
  }

  /// The texts to look for, without regard to case, each with its name.
  var forms: [(String, String)] {
    var forms = Self.encodings(of: bytes).map { ("as \($0)", $1) }
    if let text = String(validating: bytes, as: UTF8.self) { forms.append(("as it is", text)) }
    guard isGuessable else { return forms }
    let digests: [(String, [UInt8])] = [
      ("MD5", Array(Insecure.MD5.hash(data: bytes))),
      ("SHA-1", Array(Insecure.SHA1.hash(data: bytes))),
      ("SHA-256", Array(SHA256.hash(data: bytes))), ("SHA-512", Array(SHA512.hash(data: bytes))),
    ]
    for (name, digest) in digests {
      forms += Self.encodings(of: digest).map { ("as \(name) in \($0)", $1) }
    }
    return forms
  }

  /// Hexadecimal, and base64 at each of the three places where it can begin in a longer text, in
  /// both alphabets; base32, in which authenticators show their secret.
  private static func encodings(of bytes: [UInt8]) -> [(String, String)] {
    var encodings = [("hexadecimal", bytes.map { String(format: "%02x", $0) }.joined())]
    for shift in 0..<3 {
      let base64 = Data([UInt8](repeating: 0, count: shift) + bytes).base64EncodedString()
      // Characters that depend on the neighbours are left out at both ends.
      let core = base64.dropFirst((shift * 8 + 5) / 6)
        .prefix((bytes.count * 8 - (shift == 0 ? 0 : 6 - shift * 2)) / 6)
      let url = core.map { $0 == "+" ? "-" : $0 == "/" ? "_" : $0 }
      encodings += [("base64", String(core)), ("base64url", String(url))]
    }
    return encodings + [("base32", base32(bytes))]
  }

  private static func base32(_ bytes: [UInt8]) -> String {
    let alphabet = Array("abcdefghijklmnopqrstuvwxyz234567")
    let bits = bytes.flatMap { byte in (0..<8).map { byte >> (7 - $0) & 1 } }
    return String(
      stride(from: 0, to: bits.count - bits.count % 5, by: 5).map { start in
        alphabet[bits[start..<start + 5].reduce(0) { $0 * 2 + Int($1) }]
      })
  }
}

/// A dump as text, to be searched.
struct DumpText {
  private let text: Data

  init(_ text: String) {
    self.text = Data(text.lowercased().utf8)
  }

  /// The names of the secrets that are in it, with the form.
  func leaks(of secrets: [Secret]) -> [String] {
    secrets.flatMap { secret in
      secret.forms.filter { text.range(of: Data($0.1.lowercased().utf8)) != nil }
        .map { "\(secret.name) \($0.0)" }
    }
  }
}

import Core
import Crypto
import Foundation

/// The server's secret keys: one ring, from which the keys for each purpose follow, so that there is
/// one thing to keep and to rotate.
///
/// As JSON: `{"current": "2", "keys": {"1": "<64 hexadecimal digits>", "2": "…"}}`. New work uses
/// the current key; the others still read what they wrote.
struct KeyRing: Sendable {
  /// What keys are for.
  enum Purpose: String {
    case serverSeeds = "higgs-domino server seeds"
    case accessTokens = "higgs-domino access tokens"
  }

  /// The name of the current key.
  let current: String
  private let secrets: [String: [UInt8]]

  private static let keyBytes = 32
  private static let keysMax = 100

  private struct Document: Decodable {
    var current: String
    var keys: [String: String]
  }

  init(json: Data) throws(ConfigurationProblem) {
    guard let document = try? JSONDecoder().decode(Document.self, from: json) else {
      throw ConfigurationProblem(
        "the key ring is not JSON of the form {\"current\": \"1\", \"keys\": {\"1\": \"…\"}}. "
          + "Make one: higgs keys make")
    }
    guard (1...Self.keysMax).contains(document.keys.count) else {
      throw ConfigurationProblem("the key ring must have 1 to \(Self.keysMax) keys")
    }
    var secrets: [String: [UInt8]] = [:]
    for (name, digits) in document.keys {
      guard (1...32).contains(name.utf8.count), let bytes = Hexadecimal.bytes(digits),
        bytes.count == Self.keyBytes
      else {
        throw ConfigurationProblem(
          "a key of the ring needs a name of 1 to 32 bytes and 64 hexadecimal digits: "
            + "openssl rand -hex 32")
      }
      guard Set(bytes).count > 1 else {
        throw ConfigurationProblem("key \(name) of the ring is no random key")
      }
      secrets[name] = bytes
    }
    guard secrets[document.current] != nil else {
      throw ConfigurationProblem("the current key \(document.current) is not in the key ring")
    }
    current = document.current
    self.secrets = secrets
  }

  /// The names of all keys.
  var names: [String] { secrets.keys.sorted() }

  /// Throws where a key was surely not drawn by chance.
  func demandStrong() throws(ConfigurationProblem) {
    for (name, secret) in secrets.sorted(by: { $0.key < $1.key })
    where WeakSecrets.isWeak(key: secret) {
      throw ConfigurationProblem(
        "key \(name) of the ring was not drawn by chance. Make a new ring: higgs keys make")
    }
  }

  /// A new ring of one key, as JSON.
  static func fresh() -> String {
    var generator = SystemRandomNumberGenerator()
    let secret = (0..<keyBytes).map { _ in UInt8.random(in: 0...255, using: &generator) }
    return "{\"current\": \"1\", \"keys\": {\"1\": \"\(Hexadecimal.text(secret))\"}}"
  }

  /// The keys for a purpose, 32 bytes each, by their names.
  func keys(for purpose: Purpose) -> [String: [UInt8]] {
    secrets.mapValues { secret in
      let key = HKDF<SHA256>.deriveKey(
        inputKeyMaterial: SymmetricKey(data: secret), info: Data(purpose.rawValue.utf8),
        outputByteCount: Self.keyBytes)
      return key.withUnsafeBytes { Array($0) }
    }
  }
}

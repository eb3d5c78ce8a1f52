import Core
import Crypto
import Store

/// The public half of a signing key: to be published where the database's owner cannot change it.
package struct VerificationKey: Sendable {
  private let key: Curve25519.Signing.PublicKey

  init(key: Curve25519.Signing.PublicKey) {
    self.key = key
  }

  /// Reads 64 hexadecimal digits, or PEM as OpenSSL writes it.
  package init(text: String) throws(KeyProblem) {
    let bytes = try KeyText.bytes(of: .publicKey, in: text)
    guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: bytes) else {
      throw .unreadable
    }
    self.key = key
  }

  /// The key as 64 hexadecimal digits.
  package var hexadecimal: String { Hexadecimal.text(key.rawRepresentation) }

  /// The key's name, which follows from it: `ed25519-` and half of its SHA-256.
  package var id: String {
    "ed25519-" + Hexadecimal.text(SHA256.hash(data: key.rawRepresentation).prefix(16))
  }

  /// Whether the signature is this key's, and of this very head.
  package func isSigned(_ head: SignedHead) -> Bool {
    head.keyID == id && key.isValidSignature(head.signature, for: head.head.signedBytes)
  }
}

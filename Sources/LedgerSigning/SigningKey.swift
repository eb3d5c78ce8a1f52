import Core
import Crypto
package import Store

/// The key that signs heads of one ledger (Ed25519, RFC 8032). The database never has it.
package struct SigningKey: Sendable {
  private let key: Curve25519.Signing.PrivateKey

  private init(key: Curve25519.Signing.PrivateKey) {
    self.key = key
  }

  /// A new key from the system's randomness.
  package static func random() -> SigningKey {
    SigningKey(key: Curve25519.Signing.PrivateKey())
  }

  /// Reads a key file: 64 hexadecimal digits, or PEM as `pem` and OpenSSL write it.
  package init(text: String) throws(KeyProblem) {
    let bytes = try KeyText.bytes(of: .privateKey, in: text)
    guard let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: bytes) else {
      throw .unreadable
    }
    self.key = key
  }

  /// The key as PEM (PKCS #8, RFC 8410), with a line break at the end.
  package var pem: String { KeyText.pem(.privateKey, Array(key.rawRepresentation)) }

  /// What checks its signatures.
  package var verificationKey: VerificationKey { VerificationKey(key: key.publicKey) }

  /// Signs a head.
  package func sign(_ head: LedgerHead) throws -> SignedHead {
    SignedHead(
      head: head, keyID: verificationKey.id,
      signature: Array(try key.signature(for: head.signedBytes)))
  }
}

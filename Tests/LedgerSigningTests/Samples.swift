import Core
import LedgerSigning
import Store

/// A head and a key to sign with, the same as in docs/ledger-signing.md.
enum Samples {
  static let head = LedgerHead(
    number: 12, lastPosition: 4_567_890_123,
    lastID: ID("01890a5d-ac96-774b-bcce-b302099a8057")!, hash: Array(0..<32))

  /// The first private key of RFC 8032, section 7.1.
  static let secret = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
  static let secretPEM = """
    -----BEGIN PRIVATE KEY-----
    MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g
    -----END PRIVATE KEY-----

    """
  static let publicKey = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
  static let publicPEM = """
    -----BEGIN PUBLIC KEY-----
    MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=
    -----END PUBLIC KEY-----
    """
  static let keyID = "ed25519-21fe31dfa154a261626bf854046fd227"

  /// Made by OpenSSL's `pkeyutl -sign -rawin` over `signedBytes`.
  static let signature = """
    822d8c0be3c1ec6a0b6326f9e89255d4d17c674a520dd17c339a440cbd5a0999\
    84078ede0942d5f4cbc4e4481c0be4ccc3cb987f93a23cb704abf04ac367800c
    """
  /// Written by a program of another language from the description of the form.
  static let signedBytes = """
    0000001b68696767732d646f6d696e6f206c65646765722068656164207631\
    00000008000000000000000c\
    0000000800000001104478cb\
    0000001001890a5dac96774bbcceb302099a8057\
    00000020000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f
    """

  static func key() throws -> SigningKey { try SigningKey(text: secret) }
}

extension LedgerHead {
  /// The same head with something else in it.
  func with(_ change: (inout LedgerHead) -> Void) -> LedgerHead {
    var copy = self
    change(&copy)
    return copy
  }
}

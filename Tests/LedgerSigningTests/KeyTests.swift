import LedgerSigning
import Testing

@Suite("A key")
struct KeyTests {
  @Test(
    "is read as hexadecimal digits and as OpenSSL writes it",
    arguments: [Samples.secret, " \(Samples.secret.uppercased())\n", Samples.secretPEM])
  func privateKey(text: String) throws {
    let key = try SigningKey(text: text)
    #expect(key.verificationKey.hexadecimal == Samples.publicKey)
    #expect(key.pem == Samples.secretPEM)
  }

  @Test("has a public half in the same forms", arguments: [Samples.publicKey, Samples.publicPEM])
  func publicKey(text: String) throws {
    #expect(try VerificationKey(text: text).hexadecimal == Samples.publicKey)
  }

  @Test("is made from randomness: no two are the same, and each comes back from its file")
  func random() throws {
    let (one, other) = (SigningKey.random(), SigningKey.random())
    #expect(one.verificationKey.id != other.verificationKey.id)
    #expect(try SigningKey(text: one.pem).verificationKey.id == one.verificationKey.id)
  }

  /// A key of another algorithm, which differs in one byte.
  private static let x25519 = """
    -----BEGIN PRIVATE KEY-----
    MC4CAQAwBQYDK2VuBCIEIDgiusYMQ8UrawVr+vWClZnCXJv3nrUVAdn0x7T+7EZQ
    -----END PRIVATE KEY-----
    """
  private static let wrong: [(String, KeyProblem)] = [
    ("", .unreadable), ("abc", .unreadable), (Samples.secret + "00", .unreadable),
    (Samples.secret + "\n" + Samples.secret, .unreadable),
    (Samples.publicPEM, .otherHalf(wanted: "private key")), (x25519, .otherAlgorithm),
    ("-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----", .otherAlgorithm),
    ("-----BEGIN PRIVATE KEY-----\n!\n-----END PRIVATE KEY-----", .unreadable),
    ("-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2Vw", .unreadable),
    ("-----BEGIN ENCRYPTED PRIVATE KEY-----\n-----END ENCRYPTED PRIVATE KEY-----", .encrypted),
    ("-----BEGIN OPENSSH PRIVATE KEY-----\n-----END OPENSSH PRIVATE KEY-----", .openSSH),
    ("-----BEGIN RSA PRIVATE KEY-----\n-----END RSA PRIVATE KEY-----", .otherAlgorithm),
  ]

  @Test("that is none is refused by a text that says what to do", arguments: wrong)
  func refused(text: String, problem: KeyProblem) {
    #expect(throws: problem) { try SigningKey(text: text) }
    #expect(!problem.description.isEmpty)
  }

  @Test("that is private is not taken for a public one")
  func notPublic() {
    #expect(throws: KeyProblem.otherHalf(wanted: "public key")) {
      try VerificationKey(text: Samples.secretPEM)
    }
  }
}

package import Fairness

/// Keeps server seeds secret while their hands run.
package struct SeedVault: Sendable {
  /// Encrypts a seed under the current key.
  package var seal: @Sendable (ServerSeed) -> SealedSeed
  /// Decrypts a seed; nil where the key is not in the ring, or the bytes are not its work.
  package var open: @Sendable (SealedSeed) -> ServerSeed?

  /// A vault of these.
  package init(
    seal: @escaping @Sendable (ServerSeed) -> SealedSeed,
    open: @escaping @Sendable (SealedSeed) -> ServerSeed?
  ) {
    self.seal = seal
    self.open = open
  }
}

/// A server seed as the database keeps it.
package struct SealedSeed: Sendable, Hashable {
  /// SHA-256 of the seed: what is published.
  package let commit: Commit
  /// The seed under AES-GCM.
  package let encrypted: [UInt8]
  /// Which key of the ring.
  package let keyID: [UInt8]

  /// A sealed seed as it stands.
  package init(commit: Commit, encrypted: [UInt8], keyID: [UInt8]) {
    self.commit = commit
    self.encrypted = encrypted
    self.keyID = keyID
  }
}

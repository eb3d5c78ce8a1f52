import Crypto
import Fairness
import FoundationEssentials
package import Tables

/// The keys that server seeds are encrypted under.
package struct SeedKeys: Sendable {
  private let keys: [[UInt8]: SymmetricKey]
  private let currentID: [UInt8]
  private let current: SymmetricKey

  /// How many bytes a key has.
  package static let keyByteCount = 32
  /// How many bytes the name of a key may have.
  package static let nameByteCounts = 1...32

  /// A ring of keys by their names; nil where the current one is missing, a key has not 32 bytes or
  /// a name not 1 to 32.
  package init?(keys: [String: [UInt8]], current: String) {
    guard
      keys.allSatisfy({ name, key in
        key.count == SeedKeys.keyByteCount && SeedKeys.nameByteCounts.contains(name.utf8.count)
      })
    else { return nil }
    let pairs = keys.map { (Array($0.key.utf8), SymmetricKey(data: $0.value)) }
    self.keys = Dictionary(uniqueKeysWithValues: pairs)
    currentID = Array(current.utf8)
    guard let key = self.keys[currentID] else { return nil }
    self.current = key
  }

  /// Encrypts a seed under the current key by AES-GCM; the commit is authenticated with it, so that
  /// a sealed seed fits one promise only.
  func seal(_ seed: ServerSeed) -> SealedSeed {
    let commit = seed.commit
    do {
      let box = try AES.GCM.seal(seed.bytes, using: current, authenticating: commit.bytes)
      guard let combined = box.combined else {
        preconditionFailure("a box with the usual nonce has a combined form")
      }
      return SealedSeed(commit: commit, encrypted: Array(combined), keyID: currentID)
    } catch {
      preconditionFailure("AES-GCM takes any 32 bytes: \(error)")
    }
  }

  /// Decrypts a seed; nil where its key is not in the ring or the bytes are not its work.
  func open(_ sealed: SealedSeed) -> ServerSeed? {
    guard let key = keys[sealed.keyID],
      let box = try? AES.GCM.SealedBox(combined: sealed.encrypted),
      let bytes = try? AES.GCM.open(box, using: key, authenticating: sealed.commit.bytes)
    else { return nil }
    return ServerSeed(bytes: bytes)
  }

  /// The vault that rooms use.
  package var vault: SeedVault { SeedVault(seal: { seal($0) }, open: { open($0) }) }
}

/// The keys that server seeds are encrypted under.
package struct SeedKeys: Sendable {
  /// The keys by their names; each of 32 bytes, a name of 1 to 32 bytes.
  let keys: [String: [UInt8]]
  /// The name of the key that new seeds are encrypted under.
  let current: String

  /// A ring of keys; nil where the current one is missing or a key has not 32 bytes.
  package init?(keys: [String: [UInt8]], current: String) {
    guard keys[current] != nil,
      keys.allSatisfy({ $0.value.count == 32 && (1...32).contains($0.key.utf8.count) })
    else { return nil }
    self.keys = keys
    self.current = current
  }
}

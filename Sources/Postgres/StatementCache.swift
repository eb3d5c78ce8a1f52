/// Which statements a connection has prepared; the least recently used make room.
package struct StatementCache {
  /// What makes two statements the same.
  package struct Key: Hashable {
    package var text: String
    package var types: [PostgresType]

    package init(text: String, types: [PostgresType]) {
      self.text = text
      self.types = types
    }

    /// FNV-1a, 64 bits, of the text: the same in every process.
    fileprivate var fingerprint: String {
      let hash = text.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) {
        ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3
      }
      return String(hash, radix: 36)
    }
  }

  private struct Entry {
    var name: String
    var lastUse: UInt64
  }

  package let capacity: Int
  private var entries: [Key: Entry] = [:]
  private var clock: UInt64 = 0
  /// Names that the server still holds and that nobody uses any more.
  package private(set) var discarded: [String] = []

  package init(capacity: Int) {
    self.capacity = capacity
  }

  package var count: Int { entries.count }

  /// The statement's name, if it is prepared.
  package mutating func name(of key: Key) -> String? {
    clock += 1
    guard entries[key] != nil else { return nil }
    entries[key]!.lastUse = clock
    return entries[key]!.name
  }

  /// Takes in a statement that is about to be prepared, and returns its new name.
  ///
  /// The text is in the name: behind a pooler that does not keep the statements of its clients apart,
  /// a name that another client has prepared is an error, and never another statement.
  package mutating func insert(_ key: Key) -> String {
    if entries.count >= capacity { evict() }
    clock += 1
    let name = "higgs_\(key.fingerprint)_\(clock)"
    entries[key] = Entry(name: name, lastUse: clock)
    return name
  }

  /// Forgets a statement that the server does not have (any more).
  package mutating func forget(name: String) {
    if let key = key(of: name) { entries[key] = nil }
  }

  /// Forgets a statement that the server has, but that is of no use any more.
  package mutating func discard(name: String) {
    forget(name: name)
    if !discarded.contains(name) { discarded.append(name) }
  }

  /// The server has dropped all statements.
  package mutating func removeAll() {
    entries.removeAll()
    discarded.removeAll()
  }

  /// The names to drop now; they count as dropped.
  package mutating func takeDiscarded() -> [String] {
    defer { discarded.removeAll() }
    return discarded
  }

  private func key(of name: String) -> Key? {
    entries.first { $0.value.name == name }?.key
  }

  private mutating func evict() {
    guard let oldest = entries.min(by: { $0.value.lastUse < $1.value.lastUse }) else { return }
    discard(name: oldest.value.name)
  }
}

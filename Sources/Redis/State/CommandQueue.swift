/// The commands of one client: those on their way, whose answers come in the same order, and those
/// that wait. Pure bookkeeping; times are milliseconds of a clock that only goes forward.
package struct CommandQueue: Sendable {
  /// A command that somebody waits for.
  package struct Entry: Hashable, Sendable {
    /// Whom the answer is for.
    package let id: UInt64
    /// The command's name, for errors.
    package let name: String
    /// As it goes over the wire.
    package let bytes: [UInt8]

    /// A command as it stands.
    package init(id: UInt64, name: String, bytes: [UInt8]) {
      self.id = id
      self.name = name
      self.bytes = bytes
    }
  }

  /// What becomes of a new command.
  package enum Submission: Hashable, Sendable {
    /// Its bytes go out now.
    case write
    /// It waits for its turn or for the connection.
    case wait
    /// It is not done.
    case refuse(RedisError)
  }

  /// Whether commands can go out.
  package enum Connection: Hashable, Sendable {
    /// They can.
    case ready
    /// It will be known soon.
    case connecting
    /// It was tried in vain; the next attempt comes later.
    case away(reason: String)
    /// Never again.
    case closed
  }

  /// An answer with the command that it belongs to, and what may go out now.
  package struct Delivery: Hashable, Sendable {
    /// Nil where nobody waits for it any more.
    package let id: UInt64?
    /// The command's name.
    package let name: String
    /// What goes out now.
    package let written: [[UInt8]]

    /// A delivery as it stands.
    package init(id: UInt64?, name: String, written: [[UInt8]]) {
      self.id = id
      self.name = name
      self.written = written
    }
  }

  private struct Sent {
    let id: UInt64
    let name: String
    let since: Int64
    var isAbandoned = false
  }

  private let inFlightMax: Int
  private let waitingMax: Int
  private var sent: [Sent] = []
  private var waiting: [Entry] = []
  /// Whether commands can go out.
  package private(set) var connection = Connection.connecting

  /// An empty queue before the first connection.
  package init(inFlightMax: Int, waitingMax: Int) {
    self.inFlightMax = inFlightMax
    self.waitingMax = waitingMax
  }

  /// How many answers are due.
  package var inFlightCount: Int { sent.count }
  /// How many commands wait.
  package var waitingCount: Int { waiting.count }

  /// Since when the oldest answer is missing; nil where none is.
  package var oldest: Int64? { sent.first?.since }

  /// Takes one more command.
  package mutating func submit(_ entry: Entry, now: Int64) -> Submission {
    switch connection {
    case .closed: return .refuse(.closed)
    case .away(let reason): return .refuse(.notConnected(reason: reason))
    case .ready where waiting.isEmpty && sent.count < inFlightMax:
      sent.append(Sent(id: entry.id, name: entry.name, since: now))
      return .write
    case .ready, .connecting:
      guard waiting.count < waitingMax else { return .refuse(.tooManyWaiting(limit: waitingMax)) }
      waiting.append(entry)
      return .wait
    }
  }

  /// The connection takes commands: what may go out now.
  package mutating func becameReady(now: Int64) -> [[UInt8]] {
    connection = .ready
    return sendWaiting(now: now)
  }

  /// An answer came; nil where no command was on its way.
  package mutating func received(now: Int64) -> Delivery? {
    guard !sent.isEmpty else { return nil }
    let first = sent.removeFirst()
    return Delivery(
      id: first.isAbandoned ? nil : first.id, name: first.name, written: sendWaiting(now: now))
  }

  /// Nobody waits for the command any more; false where it was not known. The answer to one that was
  /// sent is still due, and passed over.
  package mutating func abandon(_ id: UInt64) -> Bool {
    if let index = waiting.firstIndex(where: { $0.id == id }) {
      waiting.remove(at: index)
      return true
    }
    guard let index = sent.firstIndex(where: { $0.id == id && !$0.isAbandoned }) else {
      return false
    }
    sent[index].isAbandoned = true
    return true
  }

  /// The connection is gone, or was not to be had: who fails, and how. What was sent may have been
  /// done; what waited was not.
  package mutating func ended(reason: String) -> [(id: UInt64, error: RedisError)] {
    if connection != .closed { connection = .away(reason: reason) }
    return fail(sent: .connectionLost(reason: reason), waiting: .notConnected(reason: reason))
  }

  /// A new attempt has begun.
  package mutating func connecting() {
    if connection != .closed { connection = .connecting }
  }

  /// Nothing is taken any more.
  package mutating func close() -> [(id: UInt64, error: RedisError)] {
    connection = .closed
    return fail(sent: .closed, waiting: .closed)
  }

  private mutating func fail(
    sent lost: RedisError, waiting refused: RedisError
  ) -> [(id: UInt64, error: RedisError)] {
    defer { (sent, waiting) = ([], []) }
    return sent.filter { !$0.isAbandoned }.map { ($0.id, lost) } + waiting.map { ($0.id, refused) }
  }

  private mutating func sendWaiting(now: Int64) -> [[UInt8]] {
    guard connection == .ready else { return [] }
    let count = min(waiting.count, inFlightMax - sent.count)
    let ready = waiting.prefix(count)
    waiting.removeFirst(count)
    sent += ready.map { Sent(id: $0.id, name: $0.name, since: now) }
    return ready.map(\.bytes)
  }
}

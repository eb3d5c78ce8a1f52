/// What waits for a client that reads slowly: frames that the system has not taken yet. Pure
/// bookkeeping; the bytes themselves lie in the channel.
struct OutQueue {
  private struct Entry {
    let bytes: Int
    let since: Int64
  }

  private var entries: [Entry] = []
  /// How many of the entries have gone.
  private var gone = 0
  private var bytes = 0
  /// While missed events are sent at once, they may wait beside the usual limits.
  private var catchUps = 0
  private var allowance = false

  /// Most missed events of a resume, which come at once, and their bytes.
  static let catchUpFrames = 256 + 16
  static let catchUpBytes = 256 << 10

  /// Room for so many entries is kept while nothing waits.
  private static let keptEntries = 8

  /// Whether nothing waits.
  var isEmpty: Bool { entries.isEmpty }

  /// A room's missed events or its snapshot are coming.
  mutating func beginCatchUp() {
    catchUps += 1
    allowance = true
  }

  /// They have all come; the allowance ends when the queue is empty.
  mutating func endCatchUp() {
    catchUps -= 1
    if catchUps == 0, entries.isEmpty { allowance = false }
  }

  /// A frame was handed to the channel.
  mutating func add(_ count: Int, now: Int64) {
    entries.append(Entry(bytes: count, since: now))
    bytes += count
  }

  /// The channel still holds so many bytes: what is before them has gone.
  mutating func settle(buffered: Int) {
    while gone < entries.count, bytes - entries[gone].bytes >= buffered {
      bytes -= entries[gone].bytes
      gone += 1
    }
    guard gone == entries.count || gone > Self.catchUpFrames else { return }
    entries.removeFirst(gone)
    gone = 0
    guard entries.isEmpty else { return }
    if entries.capacity > Self.keptEntries { entries = [] }
    if catchUps == 0 { allowance = false }
  }

  /// Whether the client reads too slowly.
  func isOverdue(_ limits: APILimits, now: Int64) -> Bool {
    guard gone < entries.count else { return false }
    let oldest = entries[gone]
    return entries.count - gone > limits.queuedFrames + (allowance ? Self.catchUpFrames : 0)
      || bytes > limits.queuedBytes + (allowance ? Self.catchUpBytes : 0)
      || now - oldest.since > Int64(limits.queuedSeconds) * 1_000_000_000
  }
}

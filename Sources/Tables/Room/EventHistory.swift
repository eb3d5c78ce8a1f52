import Core

/// The last events of a room, for those who come back.
struct EventHistory {
  private let limit: Int
  private var events: [EncodedEvent] = []
  private var first = 0
  /// The number of the last event, kept or not.
  private(set) var lastSeq: Int64

  /// No events yet under this fence.
  init(fence: Int64, limit: Int) {
    self.limit = limit
    lastSeq = EventHistory.base(fence)
  }

  /// What the numbers under a fence begin after.
  static func base(_ fence: Int64) -> Int64 { fence << 32 }

  /// The number of the next event.
  var nextSeq: Int64 { lastSeq + 1 }

  /// Keeps an event, instead of the oldest one where there are enough.
  mutating func append(_ event: EncodedEvent) {
    lastSeq = event.seq
    if events.count < limit {
      events.append(event)
    } else {
      events[first] = event
      first = (first + 1) % limit
    }
  }

  /// Something has changed that no event tells of: whoever comes back gets a snapshot.
  mutating func breakOff() {
    events.removeAll()
    first = 0
    lastSeq += 1
  }

  /// The events after this number; nil where they are not all there.
  func events(after seq: Int64) -> [EncodedEvent]? {
    guard seq <= lastSeq, lastSeq - seq <= Int64(events.count) else { return nil }
    let missed = Int(lastSeq - seq)
    return (events.count - missed..<events.count).map { events[(first + $0) % events.count] }
  }
}

/// What a subscriber wants and what the server has confirmed. Pure.
package struct Subscriptions: Sendable {
  /// What an array from the server means.
  package enum Meaning: Hashable, Sendable {
    /// All channels are heard from now on; what was said before was not.
    case complete
    /// Somebody said something.
    case message(channel: String, [UInt8])
    /// Nothing to tell.
    case none
    /// The server does not behave.
    case wrong
  }

  private let channelsMax: Int
  /// The channels that are to be heard.
  package private(set) var wanted: Set<String> = []
  private var confirmed: Set<String> = []
  private var isConnected = false

  /// Nothing wanted, no connection.
  package init(channelsMax: Int) {
    self.channelsMax = channelsMax
  }

  /// One more channel; the command that asks for it, where there is a connection.
  package mutating func add(_ channel: String) throws(RedisError) -> RedisCommand? {
    guard !wanted.contains(channel) else { return nil }
    guard wanted.count < channelsMax else { throw .tooManyWaiting(limit: channelsMax) }
    wanted.insert(channel)
    return isConnected ? RedisCommand("SUBSCRIBE", channel) : nil
  }

  /// One channel less.
  package mutating func remove(_ channel: String) -> RedisCommand? {
    guard wanted.remove(channel) != nil else { return nil }
    confirmed.remove(channel)
    return isConnected ? RedisCommand("UNSUBSCRIBE", channel) : nil
  }

  /// There is a new connection: what is asked for anew.
  package mutating func connected() -> RedisCommand? {
    isConnected = true
    confirmed = []
    return wanted.isEmpty ? nil : RedisCommand(words: ["SUBSCRIBE"] + wanted.sorted())
  }

  /// The connection is gone.
  package mutating func ended() {
    isConnected = false
    confirmed = []
  }

  /// What the server says.
  package mutating func received(_ value: RESPValue) -> Meaning {
    // Without a channel the answer to PING is a simple text.
    if case .simple = value { return .none }
    guard let parts = value.elements, let kind = parts.first?.text else { return .wrong }
    switch (kind, parts.count) {
    case ("subscribe", 3):
      guard let channel = parts[1].text, wanted.contains(channel) else { return .none }
      confirmed.insert(channel)
      return confirmed == wanted ? .complete : .none
    case ("message", 3):
      guard let channel = parts[1].text, case .bulk(let bytes) = parts[2] else { return .wrong }
      return wanted.contains(channel) ? .message(channel: channel, bytes) : .none
    case ("unsubscribe", 3), ("pong", 2): return .none
    default: return .wrong
    }
  }
}

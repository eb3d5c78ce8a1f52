import Core

/// An event with its number, encoded once for each class of receivers.
struct EncodedEvent: Sendable {
  /// For everybody who has no version of his own.
  let shared: Frame
  /// For players who see more: each its own.
  let own: [(player: ID<Player>, frame: Frame)]

  /// The number of the event.
  var seq: Int64 { shared.seq ?? 0 }

  /// What the player gets.
  func frame(for player: ID<Player>?) -> Frame {
    guard let player, !own.isEmpty else { return shared }
    for version in own where version.player == player { return version.frame }
    return shared
  }
}

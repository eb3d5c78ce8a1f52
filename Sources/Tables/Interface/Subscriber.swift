package import Core

/// Somebody who is told what happens in a room.
package struct Subscriber: Sendable {
  /// Chosen by the caller; unique among the subscribers of a room.
  package let id: UInt64
  /// Whose eyes it is for; nil for somebody who has not signed in. While this player has a seat, the
  /// frames are those of the seat, and the seat counts as online.
  package let player: ID<Player>?
  /// What a private room asks of whoever wants to watch.
  package let joinCode: String?
  /// Takes a frame. Called from the room's actor, in order; it must return at once.
  package let deliver: @Sendable (Frame) -> Void

  /// A receiver of frames.
  package init(
    id: UInt64,
    player: ID<Player>?,
    joinCode: String? = nil,
    deliver: @escaping @Sendable (Frame) -> Void
  ) {
    self.id = id
    self.player = player
    self.joinCode = joinCode
    self.deliver = deliver
  }
}

/// Whose eyes a view or an event is prepared for.
package enum Viewer: Hashable, Sendable {
  /// Someone who plays: sees the tiles of this seat and what is public.
  case seat(Seat)
  /// Someone who looks on: sees what is public.
  case spectator
}

extension CommandError {
  /// One text for a tile that the seat does not hold, one that is no tile, and one that does not
  /// fit: a refusal must not tell more than the seat can see.
  package static let notLegal = CommandError(
    .notLegal, "You cannot place that tile there now; the turn lists what you can place.")
  /// The turn named is not the present one.
  package static let wrongTurn = CommandError(
    .wrongTurn,
    "That turn has passed or not come; the last event with a turn names the present one.")
  /// Another seat is to act.
  package static let notYourTurn = CommandError(.notYourTurn, "It is another seat's turn.")
  /// The player has no seat here.
  package static let notSeated = CommandError(
    .notSeated, "You have no seat at this table; sit down first.")
  /// Too many commands wait.
  package static let busy = CommandError(
    .busy, "Too many commands are waiting at this table; send it again in a moment.")
  /// The room has left this host.
  package static let moved = CommandError(
    .moved, "The table has moved to another host; connect again and send the same command.")
  /// The database is away.
  package static let paused = CommandError(
    .paused, "The table waits for its database; send the same command again when it goes on.")
  /// The room takes nobody.
  package static let roomClosed = CommandError(.roomClosed, "The table is closed.")
  /// The room is private.
  package static let joinCodeNeeded = CommandError(
    .joinCodeNeeded,
    "The table is private: send the join_code that its creator has; the one you sent, if any, is "
      + "not it.")
  /// No free seat.
  package static let roomFull = CommandError(.roomFull, "Every seat at this table is taken.")
}

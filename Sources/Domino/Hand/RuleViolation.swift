/// Why a decision is refused. What it tells follows from what the seat itself may know.
package enum RuleViolation: Error, Hashable, Sendable {
  /// The hand has ended.
  case handOver
  /// The seat does not play in this hand.
  case notSeated(Seat)
  /// It is another seat's turn.
  case notYourTurn(turn: Seat)
  /// The seat does not hold the tile, whoever else may.
  case tileNotHeld(Tile)
  /// The hand must be opened with this tile, which the seat holds.
  case mustOpenWith(Tile)
  /// The tile does not show the number at that end.
  case doesNotFit(Tile, LineEnd)
  /// The seat can place a tile and so must; passes and draws are made by the rules alone.
  case mustPlace
}

/// Why bytes are no move.
package enum MoveCodeError: Error, Hashable, Sendable {
  /// No bytes at all.
  case empty
  /// The first byte names no kind of move.
  case unknownKind(UInt8)
  /// Too few or too many bytes for the kind.
  case wrongLength(Int, expected: Int)
  /// No tile has this number.
  case unknownTile(UInt8)
  /// The line has no such end.
  case unknownEnd(UInt8)
}

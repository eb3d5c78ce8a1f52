/// How a hand of a game with a line ended.
package struct LineResult: Codable, Sendable, Equatable {
  /// Who won.
  package let winner: Seat
  /// Why the hand ended.
  package let reason: Reason
  /// By how much the winner's last tile raises the payments, 1...5; 1 in games without it.
  package let multiplier: Int
  /// What every seat had left, in rising order of seats.
  package let left: [Remainder]
  /// The points that the winner scored, in games with points.
  package let points: Int
  /// Whether the winner reached the target score, which ends the match.
  package let endsMatch: Bool
  /// What the hand paid.
  package let settlement: Settlement

  /// Why a hand ended.
  package enum Reason: String, Codable, Sendable {
    /// The winner has placed its last tile.
    case out
    /// Nobody could place.
    case blocked
  }

  /// The tiles that a seat could not place.
  package struct Remainder: Codable, Sendable, Equatable {
    /// The seat.
    package let seat: Seat
    /// Its tiles, shown to all now that the hand is over.
    package let tiles: TileSet

    /// Their pips.
    package var pips: Int { tiles.pips }
  }
}

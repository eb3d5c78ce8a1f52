package import Core

/// All that one viewer may know of a hand with a line: nothing hidden is in it.
package struct LineView: Sendable, Equatable {
  /// Whose eyes it is for.
  package let viewer: Viewer
  /// What was frozen at the start; holds no tiles.
  package let setup: HandSetup<LineRules>
  /// Whose turn it is; nil once the hand has ended.
  package let turn: Seat?
  /// How many moves have been made.
  package let moveCount: Int
  /// The line on the table.
  package let line: Line
  /// Chips and number of tiles of every seat, in rising order.
  package let seats: [Standing]
  /// How many tiles lie in the boneyard, the unused ones of a game without drawing included.
  package let boneyardCount: Int
  /// The viewer's own tiles; none for a spectator.
  package let held: TileSet
  /// What the viewer may do now; nothing while it is not its turn.
  package let legalMoves: [LineMove]
  /// All that happened, as the viewer saw it.
  package let history: [LineEvent]
  /// How the hand ended.
  package let result: LineResult?

  /// What everyone knows of a seat.
  package struct Standing: Sendable, Equatable {
    /// The seat.
    package let seat: Seat
    /// Its chips now.
    package let stack: Chips
    /// Its points in the match.
    package let score: Int
    /// How many tiles it holds.
    package let tileCount: Int
  }
}

import Domino
import Fairness

/// A hand as it was seen from one seat.
package struct PlayedHand: Sendable {
  /// A tile that was put on the table.
  struct Placement: Sendable, Hashable {
    var move: Int
    var seat: Int
    var tile: Tile
    var end: String
  }

  /// Whoever was dealt in, as the hand began.
  struct Dealt: Sendable, Hashable {
    var seat: Int
    var stack: Int64
    var clientSeed: String
  }

  var id: String
  var number: Int
  /// The promise of the deal.
  var commit: String
  /// In rising order of seats; empty where the beginning was not seen.
  var dealt: [Dealt]
  /// Our own tiles.
  var tiles: [Tile]
  /// What was placed while we looked.
  var placements: [Placement] = []
  /// How it ended.
  var ended: TableMessage.Ended?
  /// What was revealed then.
  var record: DealRecord?

  /// What a seat won or lost.
  func net(of seat: Int) -> Int64? { ended?.net.first { $0.seat == seat }?.net }
}

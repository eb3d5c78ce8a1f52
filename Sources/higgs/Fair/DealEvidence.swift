import Domino
import Fairness

/// What is known of a deal: its record, and where it came from a hand, who sat there and played.
struct DealEvidence {
  /// A seat that was dealt in.
  struct Seat: Hashable {
    /// Its number; nil where the record tells only the order.
    var number: Int?
    /// The player's name.
    var name: String?
  }

  /// A tile that somebody put on the table.
  struct Placement: Hashable {
    var seat: Int
    var tile: Tile
  }

  /// Which hand it is, in words.
  var title: String
  /// The record.
  var record: DealRecord
  /// In rising order; as many as client seeds.
  var seats: [Seat]
  /// How many tiles each got.
  var tilesEach: Int
  /// What was placed, in order; nil where nothing is known of the play.
  var placements: [Placement]?

  /// The tiles of each seat by the record, in rising order of seats; the boneyard is left.
  var dealt: (hands: [[Tile]], boneyard: [Tile]) {
    let tiles = record.deck.compactMap { Tile(id: $0) }
    let hands = seats.indices.map { place in
      Array(tiles.dropFirst(place * tilesEach).prefix(tilesEach)).sorted()
    }
    return (hands, Array(tiles.dropFirst(seats.count * tilesEach)))
  }

  /// Everything that is wrong; empty where the deal is fair.
  func problems() -> [String] {
    let verification: [String]
    switch record.verify() {
    case .fair: verification = []
    case .unfair(let problems): verification = problems.map(\.description)
    }
    return verification + misplaced()
  }

  /// Tiles that were placed by a seat that did not get them. Where tiles are drawn, only what was
  /// dealt to another seat is wrong.
  private func misplaced() -> [String] {
    let (hands, boneyard) = dealt
    let holders = zip(seats, hands).reduce(into: [Tile: Int]()) { holders, dealt in
      for tile in dealt.1 { holders[tile] = dealt.0.number }
    }
    var seen: Set<Tile> = []
    return (placements ?? []).enumerated().compactMap { index, placement in
      let (tile, seat) = (placement.tile, placement.seat)
      guard seen.insert(tile).inserted else {
        return "Tile \(tile) was placed twice, the second time by seat \(seat)."
      }
      if holders[tile] == seat || boneyard.contains(tile) { return nil }
      return "Tile \(index + 1) on the table, \(tile), was placed by seat \(seat), but dealt to "
        + (holders[tile].map { "seat \($0)." } ?? "nobody.")
    }
  }
}

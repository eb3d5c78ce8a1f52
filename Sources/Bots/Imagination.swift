package import Domino

/// Deals the hidden tiles at random to where they may be.
package struct Imagination {
  /// A tile that may be in few places comes first.
  private let tiles: [(tile: Tile, places: [Int])]
  private let seats: [Seat]
  private let counts: [Int]
  private let base: LinePosition

  /// How often a deal that comes to a dead end is begun again.
  private static let attempts = 40

  /// Ready to deal what may be hidden.
  package init(_ knowledge: Knowledge, position: LinePosition) {
    base = position
    seats = knowledge.counts.map(\.seat)
    let held = knowledge.counts.map(\.count)
    counts = held + [knowledge.hidden.count - held.reduce(0, +)]
    tiles = Imagination.places(of: knowledge, boneyard: counts[seats.count] > 0)
  }

  private static func places(
    of knowledge: Knowledge,
    boneyard: Bool
  ) -> [(tile: Tile, places: [Int])] {
    let possible = knowledge.counts.map { knowledge.possible(for: $0.seat) }
    return knowledge.hidden.map { tile in
      let seats = possible.indices.filter { possible[$0].contains(tile) }
      return (tile, boneyard ? seats + [possible.count] : seats)
    }
    .sorted { ($0.places.count, $0.tile) < ($1.places.count, $1.tile) }
  }

  /// A position in which every seat holds what it may hold; nil where none was found.
  package func deal(using random: inout SeededRandom) -> LinePosition? {
    for _ in 0..<Imagination.attempts {
      if let position = tryDeal(using: &random) { return position }
    }
    return nil
  }

  private func tryDeal(using random: inout SeededRandom) -> LinePosition? {
    var position = base
    var room = SIMD8<UInt8>()
    for (place, count) in counts.enumerated() { room[place] = UInt8(count) }
    for (tile, places) in tiles {
      guard let place = choose(places, room, using: &random) else { return nil }
      room[place] -= 1
      if place < seats.count { position[seats[place]].insert(tile) }
    }
    return position
  }

  /// One of the places, each as likely as it has room.
  private func choose(
    _ places: [Int],
    _ room: SIMD8<UInt8>,
    using random: inout SeededRandom
  ) -> Int? {
    let total = places.reduce(0) { $0 + Int(room[$1]) }
    guard total > 0 else { return nil }
    var rest = random.number(below: total)
    for place in places {
      rest -= Int(room[place])
      if rest < 0 { return place }
    }
    return nil
  }
}

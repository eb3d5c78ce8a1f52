package import Domino

/// What a seat can know of the tiles that it does not see.
package struct Knowledge {
  /// The tiles that others hold or that lie in the boneyard.
  package let hidden: TileSet
  /// How many tiles each other seat holds.
  package let counts: [(seat: Seat, count: Int)]
  /// By seat: the tiles that it cannot hold, since it could not place them.
  package private(set) var excluded = SIMD4<UInt32>()

  /// What a view tells.
  package init(_ view: LineView) {
    var seen = view.held
    for placement in view.line.placements { seen.insert(placement.tile) }
    hidden = .all - seen
    counts = view.seats.filter { .seat($0.seat) != view.viewer }.map { ($0.seat, $0.tileCount) }
    readHistory(view.history)
  }

  /// The tiles that the seat may hold.
  package func possible(for seat: Seat) -> TileSet {
    hidden - TileSet(bits: excluded[Int(seat.number)])
  }

  /// A seat that passes holds no tile that fits. One that draws has none either, and may hold
  /// what it had excluded before.
  private mutating func readHistory(_ history: [LineEvent]) {
    var line = LinePosition(seated: SeatSet([0]), turn: 0)
    for event in history {
      switch event {
      case .placed(let placement): line.place(placement.tile, placement.end)
      case .passed(let seat, _): excluded[Int(seat.number)] |= line.fitting.bits
      case .drew(let seat, _): excluded[Int(seat.number)] = line.fitting.bits
      case .ended: break
      }
    }
  }
}

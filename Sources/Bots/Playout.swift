import Domino

/// Plays an imagined position quickly to its end.
struct Playout {
  var position: LinePosition

  /// What a win is worth against one pip that is left in a lost hand.
  private static let win = 1000

  /// Plays the move and all the rest: high for a win, lower the more pips are left.
  mutating func value(
    of move: LineMove,
    for seat: Seat,
    using random: inout SeededRandom
  ) -> Int {
    var next: LineMove? = move
    while case .place(let tile, let end)? = next {
      let placer = position.turn
      position.place(tile, end)
      if position[placer].isEmpty { return placer == seat ? Playout.win : -pips(of: seat) }
      if position.isStuck { return blockedValue(for: seat) }
      repeat { position.passOn() } while position.playable(by: position.turn).isEmpty
      next = choose(using: &random)
    }
    return 0
  }

  private func pips(of seat: Seat) -> Int { position[seat].pips }

  private func blockedValue(for seat: Seat) -> Int {
    let own = pips(of: seat)
    let lowest = position.seated.filter { $0 != seat }.map { pips(of: $0) }.min() ?? 0
    return own < lowest ? Playout.win : -own
  }

  /// Of two tiles that fit mostly the double or the heavier one, at an end where it fits.
  private func choose(using random: inout SeededRandom) -> LineMove? {
    let playable = position.playable(by: position.turn)
    guard let first = pick(playable, using: &random), let second = pick(playable, using: &random)
    else { return nil }
    let tile = second.isDouble || second.pips > first.pips ? second : first
    let places = position.places(for: tile)
    let right = places.left && places.right ? random.number(below: 2) == 1 : places.right
    return .place(tile, right ? .right : .left)
  }

  private func pick(_ tiles: TileSet, using random: inout SeededRandom) -> Tile? {
    var bits = tiles.bits
    guard bits != 0 else { return nil }
    for _ in 0..<random.number(below: tiles.count) { bits &= bits &- 1 }
    return TileSet(bits: bits).first { _ in true }
  }
}

/// Who wins when nobody can place.
package enum BlockedWinner {
  /// The lowest by pips held, number of tiles, pips of the lightest tile, its lower end and the
  /// place in the round from the opener.
  package static func of(_ position: LinePosition, opener: Seat) -> Seat {
    let round = position.seated.clockwise(from: opener)
    let best = round.enumerated().min { left, right in
      rank(position[left.element], place: left.offset)
        .lexicographicallyPrecedes(rank(position[right.element], place: right.offset))
    }
    return best?.element ?? opener
  }

  private static func rank(_ tiles: TileSet, place: Int) -> [Int] {
    let lightest = tiles.map { [$0.pips, Int($0.low)] }.min { $0.lexicographicallyPrecedes($1) }
    return [tiles.pips, tiles.count] + (lightest ?? [0, 0]) + [place]
  }
}

/// Who holds which tiles, what lies open and whose turn it is: the part of a line game that decides
/// what can be placed. It allocates nothing, so that a bot can try many continuations.
package struct LinePosition: Sendable, Hashable {
  /// Who plays.
  package let seated: SeatSet
  /// The seat that places next.
  package var turn: Seat
  var ends = OpenEnds.none
  private var tiles = SIMD4<UInt32>()

  /// A table for line games has at most this many seats.
  package static let seatLimit = 4

  /// A position before the first tile, with nothing dealt.
  package init(seated: SeatSet, turn: Seat) {
    self.seated = seated
    self.turn = turn
  }

  /// A position in the middle of a hand.
  package init(seated: SeatSet, turn: Seat, ends: OpenEnds?) {
    self.init(seated: seated, turn: turn)
    self.ends = ends ?? .none
  }

  /// The tiles that a seat holds.
  package subscript(seat: Seat) -> TileSet {
    get { TileSet(bits: tiles[Int(seat.number)]) }
    set { tiles[Int(seat.number)] = newValue.bits }
  }

  /// All tiles that are held.
  package var held: TileSet { TileSet(bits: tiles.x | tiles.y | tiles.z | tiles.w) }

  /// Whether no tile has been placed yet.
  package var isEmpty: Bool { ends == .none }

  /// The open ends; nil before the first tile.
  package var openEnds: OpenEnds? { isEmpty ? nil : ends }

  /// What fits the line, whoever holds it.
  package var fitting: TileSet { isEmpty ? .all : ends.fitting }

  /// What the seat can place.
  package func playable(by seat: Seat) -> TileSet { self[seat] & fitting }

  /// Whether nobody can place.
  package var isStuck: Bool { (held & fitting).isEmpty }

  /// Whether the tile fits that end; the first tile fits anywhere.
  package func fits(_ tile: Tile, _ end: LineEnd) -> Bool { isEmpty || ends.fits(tile, end) }

  /// The ends at which the tile makes a difference: one where both show the same number.
  package func places(for tile: Tile) -> (left: Bool, right: Bool) {
    if isEmpty { return (true, false) }
    return (ends.fits(tile, .left), ends.left != ends.right && ends.fits(tile, .right))
  }

  /// Moves a tile that fits from the hands of the seat to the line.
  package mutating func place(_ tile: Tile, _ end: LineEnd) {
    tiles[Int(turn.number)] &= ~(1 << UInt32(tile.id))
    if isEmpty {
      ends = OpenEnds(left: tile.low, right: tile.high)
    } else {
      ends[end] = tile.other(than: ends[end])
    }
  }

  /// Gives the turn to the next seat.
  package mutating func passOn() { turn = seated.next(after: turn) }
}

/// A tile that a seat has added to the line.
package struct Placement: Sendable, Hashable {
  /// Who placed it.
  package let seat: Seat
  /// The tile.
  package let tile: Tile
  /// Where it was added; `left` for the first tile.
  package let end: LineEnd

  /// This tile at this end, by this seat.
  package init(seat: Seat, tile: Tile, end: LineEnd) {
    self.seat = seat
    self.tile = tile
    self.end = end
  }
}

/// What happens in a game with a line.
package enum LineEvent: HandEvent {
  /// A seat added a tile.
  case placed(Placement)
  /// A stuck seat passed; the payment where one was due.
  case passed(Seat, Payment?)
  /// A stuck seat took a tile from the boneyard, which only it sees; nil for all others.
  case drew(Seat, Tile?)
  /// The hand is over.
  case ended(LineResult)

  package var move: RecordedMove<LineMove>? {
    switch self {
    case .placed(let placement):
      RecordedMove(seat: placement.seat, move: .place(placement.tile, placement.end))
    case .passed(let seat, _): RecordedMove(seat: seat, move: .pass)
    case .drew(let seat, _): RecordedMove(seat: seat, move: .draw)
    case .ended: nil
    }
  }

  package func seen(by viewer: Viewer) -> LineEvent {
    guard case .drew(let seat, _) = self, viewer != .seat(seat) else { return self }
    return .drew(seat, nil)
  }
}

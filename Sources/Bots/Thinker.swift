import Domino

/// Chooses by imagining deals that agree with all that the seat knows, and playing each move of its
/// own to the end in every one of them.
struct Thinker {
  private let deals: Int
  private let seat: Seat
  private let moves: [LineMove]
  private let imagination: Imagination

  /// A thinker for the seat of the view that imagines so many deals; nil for a spectator's view.
  init?(_ view: LineView, deals: Int) {
    guard case .seat(let seat) = view.viewer else { return nil }
    var position = LinePosition(
      seated: SeatSet(view.seats.map(\.seat)),
      turn: seat,
      ends: view.line.ends
    )
    position[seat] = view.held
    self.deals = deals
    self.seat = seat
    moves = view.legalMoves
    imagination = Imagination(Knowledge(view), position: position)
  }

  /// The move with the best sum of outcomes over the same deals; the first of equal ones.
  func bestMove(using random: inout SeededRandom) -> LineMove? {
    var values = [Int](repeating: 0, count: moves.count)
    for _ in 0..<deals {
      guard let position = imagination.deal(using: &random) else { continue }
      for (index, move) in moves.enumerated() {
        var playout = Playout(position: position)
        values[index] += playout.value(of: move, for: seat, using: &random)
      }
    }
    let best = values.indices.max { (values[$0], $1) < (values[$1], $0) }
    return best.map { moves[$0] }
  }
}

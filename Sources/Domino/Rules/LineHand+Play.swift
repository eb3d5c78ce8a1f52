extension LineHand {
  /// In the order of tile ids, the left end before the right; where both ends show the same number
  /// only the left one is listed, although `after` takes the right one too.
  package func legalMoves(for seat: Seat) -> [LineMove] {
    guard turn == seat else { return [] }
    if position.isEmpty, let openingTile { return [.place(openingTile, .left)] }
    var moves: [LineMove] = []
    for tile in position.playable(by: seat) {
      let places = position.places(for: tile)
      if places.left { moves.append(.place(tile, .left)) }
      if places.right { moves.append(.place(tile, .right)) }
    }
    return moves
  }

  /// The forced tile, or the lowest-numbered legal one, at the left end where it fits there.
  package func timeoutMove(for seat: Seat) -> LineMove? { legalMoves(for: seat).first }

  package func after(
    _ move: LineMove,
    by seat: Seat
  ) throws(RuleViolation) -> Step<LineHand> {
    let placement = try check(move, by: seat)
    var next = self
    next.place(placement)
    return Step(hand: next, events: Array(next.history[history.count...]))
  }

  private func check(_ move: LineMove, by seat: Seat) throws(RuleViolation) -> Placement {
    guard let turn else { throw .handOver }
    guard setup.seated.contains(seat) else { throw .notSeated(seat) }
    guard turn == seat else { throw .notYourTurn(turn: turn) }
    guard case .place(let tile, let end) = move else { throw .mustPlace }
    guard position[seat].contains(tile) else { throw .tileNotHeld(tile) }
    if position.isEmpty, let openingTile, tile != openingTile { throw .mustOpenWith(openingTile) }
    guard position.fits(tile, end) else { throw .doesNotFit(tile, end) }
    return Placement(seat: seat, tile: tile, end: position.isEmpty ? .left : end)
  }

  private mutating func place(_ placement: Placement) {
    let multiplier = Multiplier.of(placement.tile, on: position.ends)
    position.place(placement.tile, placement.end)
    line.add(placement)
    history.append(.placed(placement))
    if position[placement.seat].isEmpty {
      end(.out, winner: placement.seat, multiplier: multiplier)
    } else {
      findNextTurn(lastPlacer: placement.seat)
    }
  }

  /// Draws and passes for stuck seats until one can place. Ends: unless the hand is blocked, some
  /// seat can place or a tile leaves the boneyard.
  private mutating func findNextTurn(lastPlacer: Seat) {
    if endIfBlocked() { return }
    position.passOn()
    while position.playable(by: position.turn).isEmpty {
      drawUntilPlayable()
      guard position.playable(by: position.turn).isEmpty else { return }
      if endIfBlocked() { return }
      pass(lastPlacer: lastPlacer)
      position.passOn()
    }
  }

  private mutating func drawUntilPlayable() {
    while drawableCount > 0, position.playable(by: position.turn).isEmpty {
      history.append(.drew(position.turn, drawTile()))
    }
  }

  private mutating func endIfBlocked() -> Bool {
    guard position.isStuck, drawableCount == 0 else { return false }
    end(
      .blocked,
      winner: BlockedWinner.of(position, opener: opener),
      multiplier: Multiplier.blocked
    )
    return true
  }

  private mutating func pass(lastPlacer: Seat) {
    let seat = position.turn
    var payment: Payment?
    if let receiver = passReceiver(for: seat, lastPlacer: lastPlacer) {
      payment = pay(setup.baseBet, from: seat, to: receiver, for: .pass)
    }
    history.append(.passed(seat, payment))
  }

  private func passReceiver(for seat: Seat, lastPlacer: Seat) -> Seat? {
    guard case .gaple(let options) = setup.rules else { return nil }
    switch options.passPayment {
    case .lastPlacer: return lastPlacer
    case .previousSeat: return setup.seated.previous(before: seat)
    case .none: return nil
    }
  }
}

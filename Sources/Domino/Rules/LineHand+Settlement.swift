import Core

extension LineHand {
  /// Moves chips at once, as many as the payer has left.
  @discardableResult
  mutating func pay(
    _ due: Chips,
    from payer: Seat,
    to receiver: Seat?,
    for reason: Payment.Reason
  ) -> Payment {
    let amount = min(due, stack(of: payer))
    let payment = Payment(from: payer, to: receiver, due: due, amount: amount, reason: reason)
    for index in stacks.indices {
      if stacks[index].seat == payer { stacks[index].stack = stacks[index].stack - amount }
      if stacks[index].seat == receiver { stacks[index].stack = stacks[index].stack + amount }
    }
    payments.append(payment)
    return payment
  }

  /// Settles and closes the hand.
  mutating func end(_ reason: LineResult.Reason, winner: Seat, multiplier: Int) {
    let left = setup.seats.map { LineResult.Remainder(seat: $0.seat, tiles: position[$0.seat]) }
    var points = 0
    var endsMatch = false
    switch setup.rules {
    case .gaple(let options):
      payLosses(options.payment, times: multiplier, to: winner)
    case .block(let options), .draw(let options):
      points = score(left, winner: winner, lessOwn: options.lessOwnPips)
      endsMatch = addScore(points, to: winner) >= options.targetScore
      if endsMatch { payMatch(to: winner) }
    }
    let rake = payRake(by: winner)
    let ended = LineResult(
      winner: winner,
      reason: reason,
      multiplier: isForPoints ? 1 : multiplier,
      left: left,
      points: points,
      endsMatch: endsMatch,
      settlement: Settlement(
        payments: payments,
        before: setup.seats,
        after: stacks,
        rake: rake
      )
    )
    result = ended
    history.append(.ended(ended))
  }

  private var isForPoints: Bool {
    if case .gaple = setup.rules { return false }
    return true
  }

  private mutating func payLosses(
    _ kind: GapleRules.LossPayment,
    times multiplier: Int,
    to winner: Seat
  ) {
    for loser in setup.seated where loser != winner {
      let left = position[loser]
      let units =
        switch kind {
        case .flat: 1
        case .pips: left.pips
        case .tiles: left.count
        }
      pay(multiplier * units * setup.baseBet, from: loser, to: winner, for: .hand)
    }
  }

  private mutating func payMatch(to winner: Seat) {
    for loser in setup.seated where loser != winner {
      pay(setup.baseBet, from: loser, to: winner, for: .match)
    }
  }

  private func score(_ left: [LineResult.Remainder], winner: Seat, lessOwn: Bool) -> Int {
    left.reduce(0) { sum, remainder in
      remainder.seat == winner ? sum - (lessOwn ? remainder.pips : 0) : sum + remainder.pips
    }
  }

  /// Adds the points and returns the new score.
  private mutating func addScore(_ points: Int, to winner: Seat) -> Int {
    guard let index = stacks.firstIndex(where: { $0.seat == winner }) else { return 0 }
    stacks[index].score += points
    return stacks[index].score
  }

  private mutating func payRake(by winner: Seat) -> Chips {
    let before = setup.seats.first { $0.seat == winner }?.stack ?? .zero
    let rake = setup.rules.rake.share(of: stack(of: winner) - before)
    if rake > .zero { pay(rake, from: winner, to: nil, for: .rake) }
    return rake
  }

  private func stack(of seat: Seat) -> Chips {
    stacks.first { $0.seat == seat }?.stack ?? .zero
  }
}

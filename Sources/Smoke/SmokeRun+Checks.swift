import Client

// What the server said is held against what it keeps.
extension SmokeRun {
  /// Every hand's results, payments and stacks.
  func checkChips() throws -> String {
    guard let played else { return "" }
    let problems = played.hands.flatMap {
      HandCheck(hand: $0, seat: played.seat).chipProblems()
    }
    guard problems.isEmpty else {
      throw SmokeFailure(
        expected: "results, payments and rake that add up",
        found: problems.joined(separator: "; "), look: Look.ledger)
    }
    let rake = played.hands.flatMap { $0.ended?.net ?? [] }.reduce(0) { $0 + ($1.rake ?? 0) }
    return "results, payments and a rake of \(rake) add up to nothing"
  }

  /// Every hand's seed.
  func checkDeal() throws -> String {
    guard let played else { return "" }
    let problems = played.hands.flatMap {
      HandCheck(hand: $0, seat: played.seat).dealProblems()
    }
    guard problems.isEmpty else {
      throw SmokeFailure(
        expected: "the deal that was promised", found: problems.joined(separator: "; "),
        look: Look.fairness)
    }
    return "the deck follows from the promised seed, to the last tile"
  }

  /// The wallet and its payments.
  func checkWallet() async throws -> String {
    guard let played else { return "" }
    let currency = played.stake.currency
    let wallets: SmokeAnswers.List<SmokeAnswers.Wallet> = try await api.ask(
      APIRequest("GET", "/v1/wallets"))
    let payments = try await payments(in: currency)
    let wallet = wallets.items.first { $0.currency == currency }
    let net = played.hands.reduce(Int64(0)) { $0 + ($1.net(of: played.seat) ?? 0) }
    let cashOut = played.stake.buyInMin + net
    var problems: [String] = []
    if case .with(let chips) = cashedOut, chips != cashOut {
      problems.append("the table said that \(chips) were cashed out")
    }
    problems += Self.problems(payments, buyIn: played.stake.buyInMin, cashOut: cashOut)
    // A guest may be given something meanwhile, which is no business of the table.
    let others = payments.filter { !["buy_in", "cash_out"].contains($0.kind) }
      .reduce(Int64(0)) { $0 + $1.amount }
    let expected = played.before + net + others
    if wallet?.balance != expected || wallet?.onTables != 0 {
      problems.append(
        "the wallet holds \(wallet?.balance ?? -1), and \(wallet?.onTables ?? -1) on tables")
    }
    guard problems.isEmpty else {
      throw SmokeFailure(
        expected: "a buy-in of \(played.stake.buyInMin), results of \(net), a cash-out of "
          + "\(cashOut) and a wallet of \(expected)",
        found: problems.joined(separator: "; "), look: Look.ledger)
    }
    return "\(played.before) − \(played.stake.buyInMin) + \(cashOut) = \(expected) \(currency)"
  }

  private static func problems(
    _ payments: [SmokeAnswers.Payment], buyIn: Int64, cashOut: Int64
  ) -> [String] {
    var problems: [String] = []
    for (kind, amount) in [("buy_in", -buyIn), ("cash_out", cashOut)] {
      let found = payments.filter { $0.kind == kind }.map(\.amount)
      // Who has lost everything cashes out nothing.
      if found != [amount], !(amount == 0 && found.isEmpty) {
        problems.append("the wallet's payments of kind \(kind) are \(found)")
      }
    }
    return problems
  }

  /// What the server keeps of the hands: the same results, and each tile that was shown.
  func checkHistory() async throws -> String {
    guard let played else { return "" }
    let hands: SmokeAnswers.List<SmokeAnswers.Hand> = try await api.ask(
      APIRequest("GET", "/v1/hands"))
    for hand in played.hands {
      let kept = hands.items.first { $0.id == hand.id }
      guard kept?.net == hand.net(of: played.seat), kept?.seat == played.seat else {
        throw SmokeFailure(
          expected: "hand \(hand.id) in the history with \(hand.net(of: played.seat) ?? 0) for us",
          found: kept.map { "\($0.net) for seat \($0.seat), \($0.status)" } ?? "no such hand",
          look: Look.ledger)
      }
      try await checkReplay(of: hand)
    }
    return "\(played.hands.count) hand in the history, every tile as it was shown"
  }

  private func checkReplay(of hand: PlayedHand) async throws {
    let replay: SmokeAnswers.Replay = try await api.ask(
      APIRequest("GET", "/v1/hands/\(hand.id)/replay"))
    for seen in hand.placements {
      let kept = replay.moves.first { $0.move == seen.move }
      guard kept?.tile != seen.tile.description || kept?.seat != seen.seat else { continue }
      throw SmokeFailure(
        expected: "move \(seen.move) to be \(seen.tile) of seat \(seen.seat), as it was shown",
        found: kept.map { "\($0.kind) \($0.tile ?? "") of seat \($0.seat)" } ?? "no such move",
        look: Look.ledger)
    }
  }
}

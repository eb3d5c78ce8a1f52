package import Bots
package import Core
import Domino
import Fairness

extension TableState {
  /// What to freeze for the next hand; nil where it cannot begin.
  package func proposeHand(
    id: ID<Hand>, bot: (TableSeat) -> Bot?
  ) -> HandStart? {
    let seats = ready
    guard play == nil, status == .open, let promise, facts.rules.seatCounts.contains(seats.count)
    else { return nil }
    let dealt = seats.compactMap { seat in
      self[seat].map { DealtSeat(seat: seat, clientSeed: $0.clientSeed, bot: bot($0)) }
    }
    return HandStart(
      hand: id, room: facts.id, fence: fence, rules: facts.rules, seed: promise.sealed,
      seats: dealt, opening: opening(of: dealt, promise))
  }

  private func opening(of dealt: [DealtSeat], _ promise: PromisedDeal) -> Opening {
    let seated = SeatSet(dealt.map(\.seat))
    let rule = facts.rules.openingRule
    let drawn =
      rule == .randomSeat
      ? Shuffle(
        server: promise.seed, clients: dealt.map(\.clientSeed), nonce: UInt64(handsStarted + 1)
      ).drawnPlace(of: dealt.count) : 0
    let previous = taken.first { $0.stay.session == winner }?.seat
    return .next(by: rule, seated: seated, previousWinner: previous, drawn: drawn)
  }

  /// The state once the hand has started; false where the rules refuse the deal.
  package mutating func apply(_ start: HandStart, _ started: StartedHand) -> Bool {
    guard let promise,
      let play = Play(start, started, self, seed: promise.seed)
    else { return false }
    let policy = policy
    for (entry, stack) in zip(start.seats, started.stacks) {
      self[entry.seat]?.stack = stack
      self[entry.seat]?.attention.beginHand(policy: policy)
    }
    handsStarted = started.number
    self.promise = nil
    self.play = play
    return true
  }

  /// What to settle; nil while no hand is over.
  package var proposedSettlement: (settlement: HandSettlement, ended: EndedHand)? {
    guard let play, let result = play.hand.result else { return nil }
    let stored = StoredResult(result, line: play.hand.line)
    let settlement = HandSettlement(
      hand: play.id, fence: fence, payments: result.settlement.transfers,
      result: stored.json, seed: play.seed)
    let nets = result.settlement.after.map { entry in
      EndedHand.Net(
        seat: entry.seat, net: result.settlement.net(of: entry.seat),
        rake: entry.seat == result.winner ? result.settlement.rake : .zero, stack: entry.stack)
    }
    let deal = DealRecord(
      server: play.seed, clients: play.dealt.map(\.clientSeed), nonce: UInt64(play.number))
    let ended = EndedHand(
      hand: play.id, number: play.number, result: stored, nets: nets, deal: deal)
    return (settlement, ended)
  }

  /// The state once the settlement is durable.
  package mutating func apply(_ ended: EndedHand) {
    for net in ended.nets {
      self[net.seat]?.stack = net.stack
      self[net.seat]?.attention.endHand()
    }
    winner = self[ended.result.winner]?.session
    last = ended
    play = nil
  }

  /// The state once the hand is void: every seat has what it began with.
  package mutating func applyVoid() {
    play = nil
  }
}

extension Play {
  /// The hand as it is dealt; nil where the rules refuse it.
  fileprivate init?(
    _ start: HandStart, _ started: StartedHand, _ table: TableState, seed: ServerSeed
  ) {
    let setup = HandSetup(
      rules: start.rules, baseBet: table.facts.baseBet,
      seats: zip(start.seats, started.stacks).map { SeatStack(seat: $0.seat, stack: $1) },
      opening: start.opening)
    let deck = table.deck(seed, start.seats, number: started.number)
    guard let step = try? LineHand.deal(setup, deck: deck) else { return nil }
    self.init(
      id: start.hand, number: started.number, dealt: start.seats, seed: seed,
      commit: start.seed.commit, hand: step.hand)
  }
}

extension TableState {
  /// The tiles in the order in which they are dealt.
  func deck(_ seed: ServerSeed, _ dealt: [DealtSeat], number: Int) -> [Tile] {
    dealer(seed, dealt.map(\.clientSeed), UInt64(number)).compactMap { Tile(id: $0) }
  }
}

extension LineRules {
  /// How the game's hands are opened.
  var openingRule: Opening.Rule {
    if case .gaple(let options) = self { return options.opening }
    return .highestDouble
  }
}

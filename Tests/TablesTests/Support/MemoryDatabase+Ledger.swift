import Core
import Domino
import Fairness
import FoundationEssentials
import Tables

extension MemoryDatabase {
  var ledger: TableLedger {
    TableLedger(
      commitDeal: { wish in self.with(wish.fence) { MemoryDatabase.promise(wish, &$0) } },
      startHand: { start in self.with(start.fence) { MemoryDatabase.start(start, &$0) } },
      settle: { settlement in
        self.with(settlement.fence) { MemoryDatabase.settle(settlement, &$0) }
      },
      void: { _, fence, _ in
        self.with(fence) { state in
          state.record.hand = nil
          return .done(())
        }
      },
      sit: { wish in self.with(wish.fence) { MemoryDatabase.sit(wish, &$0) } },
      topUp: { wish in self.with(wish.fence) { MemoryDatabase.topUp(wish, &$0) } },
      stand: { session, fence in self.with(fence) { MemoryDatabase.stand(session, &$0) } },
      close: { _, fence in
        self.with(fence) { state in
          guard state.record.hand == nil else { return .done(false) }
          for stay in state.record.stays { _ = MemoryDatabase.stand(stay.session, &state) }
          state.record.status = .closed
          return .done(true)
        }
      },
      balance: { player, _ in self.state.withLock { $0.accounts[player]?.purse } },
      load: { _ in .done(self.record) })
  }

  private func with<Value>(
    _ fence: Int64, _ body: (inout State) -> LedgerAnswer<Value>
  ) -> LedgerAnswer<Value> {
    state.withLock { state in
      guard fence == state.record.fence else { return .fenced }
      return body(&state)
    }
  }

  private static func promise(
    _ promise: DealPromise, _ state: inout State
  ) -> LedgerAnswer<SealedSeed> {
    if let earlier = state.record.promise { return .done(earlier) }
    state.record.promise = promise.seed
    return .done(promise.seed)
  }

  private static func start(_ start: HandStart, _ state: inout State) -> LedgerAnswer<StartedHand>
  {
    let stacks = start.seats.compactMap { dealt in
      state.record.stays.first { $0.seat == dealt.seat && !$0.isLeaving }?.stack
    }
    guard stacks.count == start.seats.count else { return .refused("seat_not_ready") }
    state.record.handsStarted += 1
    state.record.promise = nil
    for dealt in start.seats {
      if let stay = state.record.stays.first(where: { $0.seat == dealt.seat }) {
        state.record.clientSeeds[stay.session] = dealt.clientSeed
      }
    }
    state.record.hand = HandRecord(
      hand: start.hand, number: state.record.handsStarted,
      setup: HandSetup(
        rules: start.rules, baseBet: state.record.room.baseBet,
        seats: zip(start.seats, stacks).map { SeatStack(seat: $0.seat, stack: $1) },
        opening: start.opening),
      seats: start.seats, seed: start.seed, moves: [])
    return .done(StartedHand(number: state.record.handsStarted, stacks: stacks))
  }

  private static func settle(
    _ settlement: HandSettlement, _ state: inout State
  ) -> LedgerAnswer<Void> {
    guard let hand = state.record.hand, hand.hand == settlement.hand else { return .done(()) }
    state.settlements += 1
    for payment in settlement.payments {
      change(payment.from, by: .zero - payment.amount, &state)
      if let receiver = payment.to {
        change(receiver, by: payment.amount, &state)
      } else {
        state.house += payment.amount
      }
    }
    if let result = try? JSONDecoder().decode(StoredResult.self, from: Data(settlement.result)) {
      state.record.winner =
        state.record.stays.first { $0.seat == result.winner }?.session
      state.record.last = ended(hand, settlement, result, state)
    }
    state.record.hand = nil
    return .done(())
  }

  private static func ended(
    _ hand: HandRecord, _ settlement: HandSettlement, _ result: StoredResult, _ state: State
  ) -> EndedHand {
    let nets = hand.setup.seats.map { before in
      let stack =
        state.record.stays.first { $0.seat == before.seat }?.stack ?? .zero
      let rake = settlement.payments.filter { $0.from == before.seat && $0.to == nil }
        .reduce(Chips.zero) { $0 + $1.amount }
      return EndedHand.Net(
        seat: before.seat, net: stack - before.stack, rake: rake, stack: stack)
    }
    return EndedHand(
      hand: hand.hand, number: hand.number, result: result, nets: nets,
      deal: DealRecord(
        server: settlement.seed, clients: hand.seats.map(\.clientSeed),
        nonce: UInt64(hand.number)))
  }

  private static func change(_ seat: Seat, by amount: Chips, _ state: inout State) {
    guard let place = state.record.stays.firstIndex(where: { $0.seat == seat }) else { return }
    state.record.stays[place].stack += amount
    precondition(state.record.stays[place].stack >= .zero, "a seat owes what it has not")
  }

  private static func sit(_ wish: SitDown, _ state: inout State) -> LedgerAnswer<Seated> {
    guard let account = state.accounts[wish.player] else { return .refused("player_not_found") }
    if state.ended[wish.session] != nil {
      return .done(Seated(player: account.facts, hasEnded: true))
    }
    if state.record.stays.contains(where: { $0.session == wish.session }) {
      return .done(Seated(player: account.facts, hasEnded: false))
    }
    guard !state.record.stays.contains(where: { $0.seat == wish.seat }) else {
      return .refused("seat_taken")
    }
    guard state.record.room.buyIn.contains(wish.buyIn) else {
      return .refused("buy_in_out_of_range")
    }
    guard account.purse >= wish.buyIn else { return .refused("insufficient_funds") }
    state.accounts[wish.player]?.purse -= wish.buyIn
    state.record.stays.append(
      Stay(
        session: wish.session, seat: wish.seat, player: account.facts, stack: wish.buyIn,
        isLeaving: false))
    state.record.stays.sort { $0.seat < $1.seat }
    return .done(Seated(player: account.facts, hasEnded: false))
  }

  private static func topUp(_ wish: TopUp, _ state: inout State) -> LedgerAnswer<Chips> {
    guard let place = state.record.stays.firstIndex(where: { $0.session == wish.session }) else {
      return .refused("session_not_found")
    }
    if state.payments.contains(wish.payment) { return .done(state.record.stays[place].stack) }
    let stay = state.record.stays[place]
    if state.record.hand?.setup.seated.contains(stay.seat) == true {
      return .refused("hand_running")
    }
    state.payments.insert(wish.payment)
    state.accounts[stay.player.id]?.purse -= wish.amount
    state.record.stays[place].stack += wish.amount
    return .done(state.record.stays[place].stack)
  }

  private static func stand(
    _ session: ID<Session>, _ state: inout State
  ) -> LedgerAnswer<Chips?> {
    if let chips = state.ended[session] { return .done(chips) }
    guard let place = state.record.stays.firstIndex(where: { $0.session == session }) else {
      return .refused("session_not_found")
    }
    let stay = state.record.stays[place]
    if state.record.hand?.setup.seated.contains(stay.seat) == true {
      state.record.stays[place].isLeaving = true
      return .done(nil)
    }
    state.record.stays.remove(at: place)
    state.ended[session] = stay.stack
    state.accounts[stay.player.id]?.purse += stay.stack
    return .done(stay.stack)
  }
}

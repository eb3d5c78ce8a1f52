import Bots
import Core
import Domino
import Fairness

extension TableRoom {
  /// Does what the table does by itself, once nothing else is under way.
  func advance() async {
    guard phase == .live else { return }
    if table.play?.hand.hasEnded == true { await settle() }
    guard phase == .live, table.play == nil else { return }
    await clearSeats()
    guard phase == .live, table.play == nil else { return }
    if table.status == .closing || isForsaken { return await closeNow() }
    await prepareDeal()
  }

  private func settle() async {
    guard let (settlement, ended) = table.proposedSettlement else { return }
    let ledger = services.ledger
    switch await durably({ await ledger.settle(settlement) }) {
    case .success:
      reloads = 0
      table.apply(ended)
      endedAt = now
      clock = nil
      services.observer.count(.handSettled)
      publish(.handEnded(ended))
    case .failure(let error):
      guard phase != .stopped else { return }
      switch error.code {
      case .existsWithDifferentContent: await reload(because: "the hand was settled otherwise")
      case .moved: break
      default: await void(because: "the settlement was refused: \(error.code.rawValue)")
      }
    }
  }

  /// Promises the next deal, and sets when it begins, once there are enough to play.
  private func prepareDeal() async {
    guard canDeal else {
      startsAt = nil
      return
    }
    guard startsAt == nil else { return }
    if table.promise == nil {
      guard await promiseDeal() else { return }
    }
    guard canDeal, let promise = table.promise else { return }
    let moment = max(
      now + Int64(policy.breakMilliseconds),
      endedAt.map { $0 + Int64(policy.breakAfterHandMilliseconds) } ?? 0)
    startsAt = moment
    publish(
      .dealCommitted(
        number: table.handsStarted + 1, promise.sealed.commit,
        startsInMilliseconds: Int(moment - now)))
  }

  private var canDeal: Bool {
    let ready = table.ready
    guard policy.dealsHands, phase == .live, table.status == .open, table.play == nil,
      table.facts.rules.seatCounts.contains(ready.count)
    else { return false }
    return policy.playsWithoutPeople
      || ready.contains { seat in
        guard let stay = table[seat] else { return false }
        return !stay.player.isBot && stay.awaySince == nil
      }
  }

  private func promiseDeal() async -> Bool {
    guard let seed = ServerSeed(bytes: services.randomBytes(ServerSeed.byteCount)) else {
      preconditionFailure("the source of randomness gave too few bytes")
    }
    let promise = DealPromise(
      room: id, fence: table.fence, number: table.handsStarted + 1, seed: services.seeds.seal(seed))
    let ledger = services.ledger
    switch await durably({ await ledger.commitDeal(promise) }) {
    case .success(let sealed):
      guard let promised = sealed == promise.seed ? seed : services.seeds.open(sealed) else {
        services.observer.log(id, "the promised seed cannot be read: its key is not in the ring")
        stop()
        return false
      }
      table.promise = PromisedDeal(seed: promised, sealed: sealed)
      return true
    case .failure:
      await reload(because: "a deal could not be promised")
      return false
    }
  }

  /// Deals the promised hand to all who are ready.
  func startHand() async {
    guard startsAt != nil, canDeal else { return }
    startsAt = nil
    sendAwayToTrustee()
    let random = services.randomBytes(16)
    let hand = ID<Hand>(
      millisecondsSince1970: services.clock.millisecondsSince1970(),
      random: random.reduce(0) { $0 << 8 | UInt128($1) })
    guard let start = table.proposeHand(id: hand, bot: bot) else { return }
    let ledger = services.ledger
    switch await durably({ await ledger.startHand(start) }) {
    case .success(let started):
      guard table.apply(start, started) else {
        services.observer.log(id, "the rules refuse hand \(hand)")
        return await voidUnplayable(hand)
      }
      reloads = 0
      services.observer.count(.handStarted)
      resetTurn()
      if let play = table.play {
        publish(.handStarted(HandStartedEvent(play: play, turn: turnEvent())))
      }
    case .failure: await reload(because: "a hand could not be started")
    }
  }

  private func voidUnplayable(_ hand: ID<Hand>) async {
    let ledger = services.ledger
    let fence = table.fence
    _ = await durably { await ledger.void(hand, fence, "the rules refuse the deal") }
    await reload(because: "a deal was refused")
  }

  /// Who has been away for long is played by the trustee from the first move on.
  private func sendAwayToTrustee() {
    for (seat, stay) in table.taken where !stay.player.isBot && !stay.attention.isTrustee {
      guard let since = stay.awaySince, now - since >= Int64(policy.awayMilliseconds) else {
        continue
      }
      table[seat]?.attention.goAway()
      publish(.trustee(seat, isOn: true))
    }
  }

  /// The bot that decides for a seat in one hand; its dice are new for each hand.
  private func bot(_ stay: TableSeat) -> Bot? {
    guard stay.player.isBot else { return nil }
    let seed = services.randomBytes(8).reduce(0) { $0 << 8 | UInt64($1) }
    return Bot(style: policy.botStyle, strength: policy.botStrength, seed: seed)
  }
}

package import Core
package import Domino
import Fairness

/// Why a room cannot be resumed.
package enum RecoveryError: Error, Sendable, Hashable {
  /// The key of a sealed seed is not in the ring, or the bytes are not its work.
  case seedNotReadable(SerialID<Room>, number: Int)
  /// The hand's journal is not one that the rules could have written.
  case journalNotPlayable(ID<Hand>, ReplayError)
}

extension TableState {
  /// The table as the database has it. Every seat counts as away from now on, until somebody
  /// watches with its eyes.
  package init(
    _ record: RoomRecord, policy: TablePolicy, services: TableServices
  ) throws(RecoveryError) {
    let now = services.clock.milliseconds()
    facts = record.room
    self.policy = policy
    dealer = services.deck
    fence = record.fence
    status = record.status
    handsStarted = record.handsStarted
    seats = Array(repeating: nil, count: record.room.seats)
    last = record.last
    winner = record.winner
    for stay in record.stays {
      let isDealt = record.hand.map { $0.setup.seated.contains(stay.seat) } ?? false
      seats[Int(stay.seat.number)] = TableSeat(
        stay, seed: record.clientSeeds[stay.session] ?? services.defaultClientSeed(),
        attention: Attention(
          record.recent.filter { $0.session == stay.session },
          isDealt: isDealt, lastHand: record.hand == nil ? nil : record.handsStarted,
          policy: policy),
        now: now)
    }
    promise = try TableState.promise(record, services.seeds)
    play = try play(record, services.seeds)
  }

  private static func promise(
    _ record: RoomRecord, _ seeds: SeedVault
  ) throws(RecoveryError) -> PromisedDeal? {
    guard let sealed = record.promise else { return nil }
    guard let seed = seeds.open(sealed) else {
      throw .seedNotReadable(record.room.id, number: record.handsStarted + 1)
    }
    return PromisedDeal(seed: seed, sealed: sealed)
  }

  private func play(
    _ record: RoomRecord, _ seeds: SeedVault
  ) throws(RecoveryError) -> Play? {
    guard let hand = record.hand else { return nil }
    guard let seed = seeds.open(hand.seed) else {
      throw .seedNotReadable(record.room.id, number: hand.number)
    }
    let journal = hand.moves.map { RecordedMove(seat: $0.seat, move: $0.move) }
    let replayed: LineHand
    do throws(ReplayError) {
      replayed = try LineHand.replay(
        hand.setup, deck: deck(seed, hand.seats, number: hand.number), journal: journal)
    } catch {
      throw .journalNotPlayable(hand.hand, error)
    }
    return Play(
      id: hand.hand, number: hand.number, dealt: hand.seats, seed: seed, commit: hand.seed.commit,
      hand: replayed, deciders: hand.moves.map(\.decider))
  }
}

extension TableSeat {
  fileprivate init(_ stay: Stay, seed: ClientSeed, attention: Attention, now: Int64) {
    self.init(
      session: stay.session, player: stay.player, stack: stay.stack, clientSeed: seed,
      attention: attention, awaySince: now)
    isLeaving = stay.isLeaving
  }
}

extension Attention {
  /// What the journal tells of a seat, the oldest move first.
  ///
  /// - Parameters:
  ///   - isDealt: whether the seat plays in the hand that runs.
  ///   - lastHand: the number of the hand that runs; nil between hands.
  init(_ moves: [RecentMove], isDealt: Bool, lastHand: Int?, policy: TablePolicy) {
    self.init(policy: policy)
    var number: Int?
    for move in moves {
      if move.hand != number {
        if number != nil { endHand() }
        number = move.hand
        beginHand(policy: policy)
      }
      recall(
        move.decider, timeBankMilliseconds: move.timeBankMilliseconds, isTrustee: move.isTrustee)
    }
    if number != nil, number != lastHand { endHand() }
    if isDealt, number != lastHand { beginHand(policy: policy) }
  }
}

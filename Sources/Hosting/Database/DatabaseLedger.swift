import Core
import Domino
import Fairness
import Logging
import Postgres
import Store
import Tables

/// Hands, seats and chips in PostgreSQL.
struct DatabaseLedger: Sendable {
  let client: TimedClient
  let logger: Logger

  /// How long a change may take before its outcome counts as unknown.
  static let timeoutMilliseconds = 5_000

  init(pool: PostgresPool, logger: Logger) {
    client = TimedClient(pool, Self.timeoutMilliseconds)
    self.logger = logger
  }

  private var rooms: Rooms<TimedClient> { Rooms(client) }
  private var hands: Hands<TimedClient> { Hands(client) }

  var ledger: TableLedger {
    TableLedger(
      commitDeal: { await commitDeal($0) }, startHand: { await startHand($0) },
      settle: { await settle($0) }, void: { await void($0, $1, $2) }, sit: { await sit($0) },
      topUp: { await topUp($0) }, stand: { await stand($0, $1) }, close: { await close($0, $1) },
      balance: { try? await rooms.purse(of: $0, $1) }, load: { await load($0) })
  }

  private func commitDeal(_ promise: DealPromise) async -> LedgerAnswer<SealedSeed> {
    await answer("a deal") { () throws(PostgresError) in
      let (outcome, seed) = try await hands.promise(
        Int32(promise.number), of: promise.room, fence: promise.fence,
        seed: .init(promise.seed))
      guard let seed, let sealed = SealedSeed(seed) else { return outcome.refusal() }
      return .done(sealed)
    }
  }

  private func startHand(_ start: Tables.HandStart) async -> LedgerAnswer<StartedHand> {
    await answer("a start") { () throws(PostgresError) in
      let (outcome, number, stacks) = try await hands.start(.init(start))
      guard let number, let stacks else { return outcome.refusal() }
      return .done(
        StartedHand(number: Int(number), stacks: stacks.map(Chips.init(rawValue:))))
    }
  }

  private func settle(_ settlement: Tables.HandSettlement) async -> LedgerAnswer<Void> {
    await answer("a settlement") { () throws(PostgresError) in
      let outcome = try await hands.settle(.init(settlement))
      return outcome.isDone ? .done(()) : outcome.refusal()
    }
  }

  private func void(_ hand: ID<Hand>, _ fence: Int64, _ reason: String) async -> LedgerAnswer<Void>
  {
    await answer("a void") { () throws(PostgresError) in
      let outcome = try await hands.void(hand, fence: fence, reason: reason)
      return outcome.isDone ? .done(()) : outcome.refusal()
    }
  }

  private func sit(_ wish: SitDown) async -> LedgerAnswer<Seated> {
    await answer("a buy-in") { () throws(PostgresError) in
      let outcome = try await rooms.sitDown(
        wish.session, room: wish.room, fence: wish.fence, player: wish.player,
        seat: Int16(wish.seat.number), buyIn: wish.buyIn)
      guard outcome.isDone else { return outcome.refusal() }
      guard let (profile, hasEnded) = try await rooms.profile(of: wish.session) else {
        return .unknown
      }
      return .done(Seated(player: PlayerFacts(profile), hasEnded: hasEnded))
    }
  }

  private func topUp(_ wish: TopUp) async -> LedgerAnswer<Chips> {
    await answer("a top-up") { () throws(PostgresError) in
      let outcome = try await rooms.topUp(
        wish.session, payment: wish.payment, fence: wish.fence, amount: wish.amount)
      guard outcome.isDone else { return outcome.refusal() }
      return .done(try await rooms.stack(of: wish.session))
    }
  }

  private func stand(_ session: ID<Session>, _ fence: Int64) async -> LedgerAnswer<Chips?> {
    await answer("a cash-out") { () throws(PostgresError) in
      let (outcome, chips) = try await rooms.standUp(session, fence: fence)
      if outcome == .afterHand { return .done(nil) }
      return outcome.isDone ? .done(chips ?? .zero) : outcome.refusal()
    }
  }

  private func close(_ room: SerialID<Room>, _ fence: Int64) async -> LedgerAnswer<Bool> {
    await answer("a closing") { () throws(PostgresError) in
      let outcome = try await rooms.close(room, fence: fence)
      if outcome == .afterHand { return .done(false) }
      return outcome.isDone ? .done(true) : outcome.refusal()
    }
  }

  private func load(_ room: SerialID<Room>) async -> LedgerAnswer<RoomRecord> {
    await answer("a room") { () throws(PostgresError) in
      guard let table = try await rooms.table(room) else { return .refused("room_not_found") }
      do throws(UnknownRecord) {
        return .done(try RoomRecord(table))
      } catch {
        logger.error("room \(room) cannot be hosted: \(error.reason)")
        return .refused("internal")
      }
    }
  }

  /// What is certainly not done is refused; all else may be done, and is asked again.
  private func answer<Value>(
    _ what: StaticString,
    _ call: () async throws(PostgresError) -> LedgerAnswer<Value>
  ) async -> LedgerAnswer<Value> {
    do throws(PostgresError) {
      return try await call()
    } catch {
      logger.warning("\(what): \(error)")
      return error.isRefusal ? .refused("internal") : .unknown
    }
  }
}

extension TableOutcome {
  var isDone: Bool { self == .ok || self == .exists }

  func refusal<Value>() -> LedgerAnswer<Value> {
    self == .fenced ? .fenced : .refused(rawValue)
  }
}

extension PostgresError {
  /// Whether the server has refused the statement for what it is: again it would be refused again.
  var isRefusal: Bool {
    guard case .server(let error) = self, !isTransient else { return false }
    switch error.sqlState.code.prefix(2) {
    case "22", "23", "42", "0A", "P0": return true
    default: return false
    }
  }
}

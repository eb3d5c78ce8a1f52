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
  private let batches: HandBatches

  /// How long a change may take before its outcome counts as unknown.
  static let timeoutMilliseconds = 5_000

  init(pool: PostgresPool, logger: Logger) {
    client = TimedClient(pool, Self.timeoutMilliseconds)
    self.logger = logger
    batches = HandBatches(client: client, logger: logger)
  }

  private var rooms: Rooms<TimedClient> { Rooms(client) }
  private var hands: Hands<TimedClient> { Hands(client) }

  var ledger: TableLedger {
    TableLedger(
      commitDeal: { await batches.commitDeal($0) }, startHand: { await batches.startHand($0) },
      settle: { await batches.settle($0) }, void: { await void($0, $1, $2) },
      sit: { await sit($0) },
      topUp: { await topUp($0) }, stand: { await stand($0, $1) }, close: { await close($0, $1) },
      balance: { try? await rooms.purse(of: $0, $1) }, load: { await load($0) })
  }

  private func void(_ hand: ID<Hand>, _ fence: Int64, _ reason: String) async -> LedgerAnswer<Void>
  {
    do throws(PostgresError) {
      let outcome = try await hands.void(hand, fence: fence, reason: reason)
      return outcome.isDone ? .done(()) : outcome.refusal()
    } catch {
      return missed("a void", error)
    }
  }

  private func sit(_ wish: SitDown) async -> LedgerAnswer<Seated> {
    do throws(PostgresError) {
      let outcome = try await rooms.sitDown(
        wish.session, room: wish.room, fence: wish.fence, player: wish.player,
        seat: Int16(wish.seat.number), buyIn: wish.buyIn)
      guard outcome.isDone else { return outcome.refusal() }
      guard let (profile, hasEnded) = try await rooms.profile(of: wish.session) else {
        return .unknown
      }
      return .done(Seated(player: PlayerFacts(profile), hasEnded: hasEnded))
    } catch {
      return missed("a buy-in", error)
    }
  }

  private func topUp(_ wish: TopUp) async -> LedgerAnswer<Chips> {
    do throws(PostgresError) {
      let outcome = try await rooms.topUp(
        wish.session, payment: wish.payment, fence: wish.fence, amount: wish.amount)
      guard outcome.isDone else { return outcome.refusal() }
      return .done(try await rooms.stack(of: wish.session))
    } catch {
      return missed("a top-up", error)
    }
  }

  private func stand(_ session: ID<Session>, _ fence: Int64) async -> LedgerAnswer<Chips?> {
    do throws(PostgresError) {
      let (outcome, chips) = try await rooms.standUp(session, fence: fence)
      if outcome == .afterHand { return .done(nil) }
      return outcome.isDone ? .done(chips ?? .zero) : outcome.refusal()
    } catch {
      return missed("a cash-out", error)
    }
  }

  private func close(_ room: SerialID<Room>, _ fence: Int64) async -> LedgerAnswer<Bool> {
    do throws(PostgresError) {
      let outcome = try await rooms.close(room, fence: fence)
      if outcome == .afterHand { return .done(false) }
      return outcome.isDone ? .done(true) : outcome.refusal()
    } catch {
      return missed("a closing", error)
    }
  }

  private func load(_ room: SerialID<Room>) async -> LedgerAnswer<RoomRecord> {
    do throws(PostgresError) {
      guard let table = try await rooms.table(room) else { return .refused("room_not_found") }
      do throws(UnknownRecord) {
        return .done(try RoomRecord(table))
      } catch {
        logger.error("room \(room) cannot be hosted: \(error.reason)")
        return .refused("internal")
      }
    } catch {
      return missed("a room", error)
    }
  }

  /// What is certainly not done is refused; all else may be done, and is asked again.
  private func missed<Value>(_ what: StaticString, _ error: PostgresError) -> LedgerAnswer<Value> {
    logger.warning("\(what): \(error)")
    return error.isRefusal ? .refused("internal") : .unknown
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

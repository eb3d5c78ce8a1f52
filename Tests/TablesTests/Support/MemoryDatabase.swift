import Core
import Domino
import Fairness
import FoundationEssentials
import Synchronization
import Tables

/// The database of one room, in memory. Appends can be held back, and their outcomes scripted.
final class MemoryDatabase: Sendable {
  struct Account {
    var purse: Chips
    var facts: PlayerFacts
  }

  struct State {
    var record: RoomRecord
    var accounts: [ID<Player>: Account] = [:]
    var ended: [ID<Session>: Chips] = [:]
    var payments: Set<ID<Transaction>> = []
    var hands: [ID<Hand>: [AppendedMove]] = [:]
    var house: Chips = .zero
    /// What appends answer, the next one first; written only where it is ok or left out.
    var script: [AppendOutcome] = []
    var isHolding = false
    var held: [CheckedContinuation<Void, Never>] = []
    var arrivals: [CheckedContinuation<Void, Never>] = []
    var appends: [MoveAppend] = []
    var settlements = 0
  }

  let state: Mutex<State>

  init(_ facts: RoomFacts) {
    state = Mutex(
      State(
        record: RoomRecord(
          room: facts, fence: 7, status: .open, handsStarted: 0, stays: [], clientSeeds: [:],
          recent: [])))
  }

  /// The room as a host would read it now.
  var record: RoomRecord { state.withLock { $0.record } }

  var appends: [MoveAppend] { state.withLock { $0.appends } }

  /// All chips there are: purses, seats and the house.
  var total: Chips {
    state.withLock { state in
      state.accounts.values.reduce(state.house) { $0 + $1.purse }
        + state.record.stays.reduce(.zero) { $0 + $1.stack }
    }
  }

  func add(_ facts: PlayerFacts, purse: Chips) {
    state.withLock { $0.accounts[facts.id] = Account(purse: purse, facts: facts) }
  }

  func script(_ outcomes: AppendOutcome...) { state.withLock { $0.script = outcomes } }

  func hold() { state.withLock { $0.isHolding = true } }

  func release() {
    let held = state.withLock { state in
      state.isHolding = false
      defer { state.held.removeAll() }
      return state.held
    }
    for continuation in held { continuation.resume() }
  }

  /// Returns once an append is held back.
  func waitUntilHeld() async {
    await withCheckedContinuation { continuation in
      let isHeld = state.withLock { state in
        if state.held.isEmpty { state.arrivals.append(continuation) }
        return !state.held.isEmpty
      }
      if isHeld { continuation.resume() }
    }
  }

  private func passGate() async {
    await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
      let (isHeld, arrivals) = state.withLock { state in
        guard state.isHolding else { return (false, [CheckedContinuation<Void, Never>]()) }
        state.held.append(continuation)
        defer { state.arrivals.removeAll() }
        return (true, state.arrivals)
      }
      for arrival in arrivals { arrival.resume() }
      if !isHeld { continuation.resume() }
    }
  }

  func append(_ append: MoveAppend) async -> AppendOutcome {
    await passGate()
    return state.withLock { state in
      state.appends.append(append)
      let scripted = state.script.isEmpty ? nil : state.script.removeFirst()
      if let scripted, scripted != .ok { return scripted }
      return MemoryDatabase.write(append, &state)
    }
  }

  private static func write(_ append: MoveAppend, _ state: inout State) -> AppendOutcome {
    guard append.fence == state.record.fence else { return .fenced }
    guard state.record.hand?.hand == append.hand else { return .finished }
    let written = state.record.hand?.moves ?? []
    let first = append.moves[0].number
    if first <= written.count {
      return Array(written.dropFirst(first - 1)) == append.moves ? .exists : .different
    }
    guard first == written.count + 1 else { return .outOfOrder }
    state.record.hand?.moves += append.moves
    let number = state.record.handsStarted
    for move in append.moves where move.decider != .rules {
      guard let stay = state.record.stays.first(where: { $0.seat == move.seat }) else { continue }
      state.record.recent.append(
        RecentMove(
          hand: number, session: stay.session, decider: move.decider, reference: move.reference,
          timeBankMilliseconds: move.timeBankMilliseconds, isTrustee: move.isTrustee))
    }
    return .ok
  }
}

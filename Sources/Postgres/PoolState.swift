/// Who has which connection of a pool, and who waits: decisions only, without I/O and clock.
///
/// A `Ticket` is how a waiting caller is told. Times are milliseconds of any clock.
package struct PoolState<Connection, Ticket> {
  package enum Mode {
    /// For one caller alone.
    case exclusive
    /// For statements that may travel in one pipeline with others'.
    case shared
  }

  /// What the shell has to do.
  package enum Action {
    case grant(Ticket, id: Int, Connection)
    case refuse(Ticket, PostgresError)
    case connect(afterMilliseconds: Int)
    case close(Connection)
    /// Try whether it still answers, then `release`; it counts as in use meanwhile.
    case check(id: Int, Connection)
    case drained
  }

  package struct Waiter {
    package let id: UInt64
    package let mode: Mode
    package let ticket: Ticket
    package let since: Int
  }

  private struct Entry {
    let connection: Connection
    let endOfLife: Int
    /// How many have it; `isExclusive` if that is one who must be alone.
    var users = 0
    var isExclusive = false
    var idleSince: Int
    var checkedAt: Int
    /// It has ended while somebody had it.
    var isDead = false
  }

  package let limits: PoolConfiguration
  package private(set) var isClosing = false
  private var entries: [Int: Entry] = [:]
  /// Ids of connections that nobody has; the last is the one used last.
  private var idle: [Int] = []
  private var waiters = FIFO<Waiter>()
  private var connecting = 0
  private var failures = 0
  private var lastFailure: String?
  private var notBefore = 0
  private var lastID = 0
  private var counted = PoolCounters()
  /// Callers that were cancelled before they had begun to wait.
  private var cancelled: Set<UInt64> = []

  package init(_ limits: PoolConfiguration) {
    self.limits = limits
  }

  package var counters: PoolCounters {
    var counters = counted
    counters.inUse = entries.count - idle.count
    counters.idle = idle.count
    counters.connecting = connecting
    counters.waiting = waiters.count
    return counters
  }

  package var nextTimeout: Int? { waiters.first.map { $0.since + limits.waitTimeoutMilliseconds } }

  package var connections: [Connection] { entries.values.map(\.connection) }
}

extension PoolState {
  /// Gives a connection at once, if one is there.
  package mutating func acquire(_ mode: Mode) -> (id: Int, connection: Connection)? {
    guard !isClosing, waiters.isEmpty else { return nil }
    if let id = idle.popLast() { return take(id, mode) }
    return joinable(mode).map { take($0, mode) }
  }

  /// Lets a caller wait; every ticket is granted or refused sooner or later.
  package mutating func wait(_ id: UInt64, _ mode: Mode, _ ticket: Ticket, now: Int) -> [Action] {
    if isClosing { return [.refuse(ticket, .poolClosed)] }
    if cancelled.contains(id) { return [.refuse(ticket, .cancelled)] }
    if let lease = acquire(mode) { return [.grant(ticket, id: lease.id, lease.connection)] }
    guard waiters.count < limits.maximumWaiters else {
      return [.refuse(ticket, .poolQueueFull(limit: limits.maximumWaiters))]
    }
    waiters.append(Waiter(id: id, mode: mode, ticket: ticket, since: now))
    return connectIfNeeded(now: now)
  }

  /// The caller does not want to wait any more.
  package mutating func cancel(_ id: UInt64) -> [Action] {
    let removed = waiters.remove { $0.id == id }
    if removed.isEmpty { cancelled.insert(id) }
    return removed.map { .refuse($0.ticket, .cancelled) }
  }

  /// The caller has been answered.
  package mutating func forget(_ id: UInt64) {
    cancelled.remove(id)
  }

  /// A connection comes back. One that is not clean is closed.
  package mutating func release(_ id: Int, isClean: Bool, now: Int) -> [Action] {
    guard var entry = entries[id] else { return [] }
    entry.users -= 1
    entry.isDead = entry.isDead || !isClean
    entry.idleSince = now
    entries[id] = entry
    if entry.users > 0 { return entry.isDead ? [] : grant(now: now) }
    entries[id]?.isExclusive = false
    if entry.isDead || isClosing || entry.endOfLife <= now {
      return remove(id) + [.close(entry.connection)] + afterRemoval(now: now)
    }
    idle.append(id)
    return grant(now: now)
  }

  /// A connection has been made.
  package mutating func connected(
    _ connection: Connection,
    chance: Double,
    now: Int
  ) -> (id: Int, actions: [Action]) {
    connecting -= 1
    failures = 0
    lastFailure = nil
    counted.created += 1
    lastID += 1
    let life = Double(limits.maximumLifetimeMilliseconds) * (1 - chance * 0.1)
    entries[lastID] = Entry(
      connection: connection,
      endOfLife: now + Int(life),
      idleSince: now,
      checkedAt: now
    )
    idle.append(lastID)
    if isClosing { return (lastID, remove(lastID) + [.close(connection)] + drainedIfSo()) }
    return (lastID, grant(now: now))
  }

  /// A connection could not be made.
  package mutating func connectFailed(_ reason: String, chance: Double, now: Int) -> [Action] {
    connecting -= 1
    failures += 1
    counted.failed += 1
    lastFailure = reason
    notBefore = now + limits.backoff.delayMilliseconds(failures: failures, chance: chance)
    return isClosing ? drainedIfSo() : connectIfNeeded(now: now)
  }

  /// A connection has ended by itself.
  package mutating func ended(_ id: Int, now: Int) -> [Action] {
    guard let entry = entries[id] else { return [] }
    if entry.users > 0 {
      entries[id]?.isDead = true
      return []
    }
    return remove(id) + afterRemoval(now: now)
  }

  /// Refuses those that have waited too long.
  package mutating func expire(now: Int) -> [Action] {
    let limit = limits.waitTimeoutMilliseconds
    let late = waiters.remove { $0.since + limit <= now }
    counted.timedOut += late.count
    return late.map {
      .refuse(
        $0.ticket,
        .poolExhausted(waitedMilliseconds: now - $0.since, cause: lastFailure)
      )
    }
  }

  /// Looks after idle connections: those that are old or superfluous are closed, others tried.
  package mutating func maintain(now: Int) -> [Action] {
    var actions: [Action] = []
    for id in idle {
      guard let entry = entries[id] else { continue }
      if entry.endOfLife <= now || entry.idleSince + limits.idleTimeoutMilliseconds <= now {
        actions += remove(id) + [.close(entry.connection)]
      } else if max(entry.checkedAt, entry.idleSince) + limits.healthCheckMilliseconds <= now {
        idle.removeAll { $0 == id }
        entries[id]?.checkedAt = now
        actions.append(.check(id: id, take(id, .exclusive).connection))
      }
    }
    return actions
  }

  /// Takes no more callers; `drained` comes when all connections are back.
  package mutating func close() -> [Action] {
    if isClosing { return drainedIfSo() }
    isClosing = true
    var actions: [Action] = waiters.removeAll().map { .refuse($0.ticket, .poolClosed) }
    for id in idle {
      if let connection = entries[id]?.connection { actions.append(.close(connection)) }
      actions += remove(id)
    }
    return actions + drainedIfSo()
  }
}

extension PoolState {
  private mutating func take(_ id: Int, _ mode: Mode) -> (id: Int, connection: Connection) {
    entries[id]!.users += 1
    entries[id]!.isExclusive = mode == .exclusive
    return (id, entries[id]!.connection)
  }

  private mutating func remove(_ id: Int) -> [Action] {
    entries[id] = nil
    idle.removeAll { $0 == id }
    counted.ended += 1
    return []
  }

  private mutating func afterRemoval(now: Int) -> [Action] {
    isClosing ? drainedIfSo() : connectIfNeeded(now: now)
  }

  private func drainedIfSo() -> [Action] {
    isClosing && entries.isEmpty && connecting == 0 ? [.drained] : []
  }

  /// Serves those that wait, the longest first.
  private mutating func grant(now: Int) -> [Action] {
    var actions: [Action] = []
    while let waiter = waiters.first {
      guard let id = idle.popLast() ?? joinable(waiter.mode) else { break }
      waiters.popFirst()
      let lease = take(id, waiter.mode)
      actions.append(.grant(waiter.ticket, id: lease.id, lease.connection))
    }
    return actions + connectIfNeeded(now: now)
  }

  /// A connection that others share already and that has room for one more, when no other can be
  /// made.
  private func joinable(_ mode: Mode) -> Int? {
    guard mode == .shared, entries.count + connecting >= limits.maximumConnections else {
      return nil
    }
    return entries.filter {
      !$0.value.isDead && !$0.value.isExclusive && $0.value.users > 0
        && $0.value.users < limits.maximumSharing
    }.min { $0.value.users < $1.value.users }?.key
  }

  /// As many attempts as there are callers; after a failure one at a time.
  private mutating func connectIfNeeded(now: Int) -> [Action] {
    let room = limits.maximumConnections - entries.count
    let wanted = min(waiters.count, room, failures > 0 ? 1 : room) - connecting
    guard wanted > 0 else { return [] }
    connecting += wanted
    let delay = max(0, notBefore - now)
    return Array(repeating: .connect(afterMilliseconds: delay), count: wanted)
  }
}

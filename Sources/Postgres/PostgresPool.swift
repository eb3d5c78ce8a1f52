import Dispatch
import Logging
import Synchronization

/// A bounded set of connections to one database.
///
/// Connections are made when they are needed, tried while they are idle, and made anew after they
/// broke. A caller waits a bounded time for one. `query` and `run` may share a connection with
/// others' statements when none is free; `withConnection` and `withTransaction` never share.
package final class PostgresPool: PostgresClient {
  typealias State = PoolState<PostgresConnection, Ticket>

  /// What a waiting caller gets.
  enum Grant {
    case lease(id: Int, PostgresConnection)
    case refused(PostgresError)
  }

  typealias Ticket = CheckedContinuation<Grant, Never>

  let configuration: PostgresConfiguration
  let limits: PoolConfiguration
  private let state: Mutex<State>
  private let timer: PoolTimer
  private let lastWaiter = Atomic<UInt64>(0)
  private let isTimeoutArmed = Atomic<Bool>(false)
  private let drained = Mutex<[CheckedContinuation<Void, Never>]>([])

  /// Makes a pool. Nothing is connected yet.
  package init(
    _ configuration: PostgresConfiguration,
    _ limits: PoolConfiguration = PoolConfiguration()
  ) {
    self.configuration = configuration
    self.limits = limits
    state = Mutex(State(limits))
    timer = PoolTimer()
    timer.start(everyMilliseconds: limits.healthCheckMilliseconds) { [weak self] in
      self?.change { state, now in state.expire(now: now) + state.maintain(now: now) }
    }
  }

  deinit {
    timer.cancel()
  }

  /// What the pool is doing, for metrics.
  package var counters: PoolCounters { state.withLock { $0.counters } }

  /// Does one statement on any connection. It must not begin a transaction or change the session.
  package func query(
    _ statement: SQL,
    _ options: QueryOptions
  ) async throws(PostgresError) -> Rows {
    var batch = Batch()
    batch.add(statement)
    return try await run(batch, options)[0].get()
  }

  /// Does several statements on any connection in one round trip. They must not begin a
  /// transaction or change the session; a batch of one unit is a transaction of its own.
  package func run(
    _ batch: Batch,
    _ options: QueryOptions
  ) async throws(PostgresError) -> [Result<Rows, PostgresError>] {
    let (id, connection) = try await acquire(.shared)
    defer { release(id, isClean: true) }
    return try await connection.submit(batch, options, kind: .shared)
  }

  /// Lends a connection to the closure alone. One that comes back with an open transaction is
  /// closed.
  @discardableResult
  nonisolated(nonsending)
    package func withConnection<Value>(
      _ body: (PostgresConnection) async throws -> Value
    ) async throws -> Value
  {
    let (id, connection) = try await acquire(.exclusive)
    do {
      let value = try await body(connection)
      await giveBack(id, connection)
      return value
    } catch {
      await giveBack(id, connection)
      throw error
    }
  }

  /// Runs the closure inside a transaction; see the connection's method.
  @discardableResult
  nonisolated(nonsending)
    package func withTransaction<Value>(
      _ options: TransactionOptions = TransactionOptions(),
      _ body: (PostgresTransaction) async throws -> Value
    ) async throws -> Value
  {
    try await withConnection { connection in
      try await connection.withTransaction(options, body)
    }
  }

  /// Takes no more callers, waits for those that have a connection, then closes all. May be called
  /// again.
  package func shutdown(graceMilliseconds: Int = 10_000) async {
    await withCheckedContinuation { continuation in
      drained.withLock { $0.append(continuation) }
      change { state, _ in state.close() }
      timer.after(milliseconds: graceMilliseconds) { [weak self] in self?.closeAll() }
    }
    timer.cancel()
  }

  private func closeAll() {
    for connection in state.withLock({ $0.connections }) {
      Task { await connection.close() }
    }
    tellDrained()
  }

  private func tellDrained() {
    let all = drained.withLock { waiting in
      defer { waiting.removeAll() }
      return waiting
    }
    for continuation in all { continuation.resume() }
  }
}

extension PostgresPool {
  private func acquire(
    _ mode: State.Mode
  ) async throws(PostgresError) -> (id: Int, connection: PostgresConnection) {
    if Task.isCancelled { throw .cancelled }
    if let lease = state.withLock({ $0.acquire(mode) }) { return lease }
    let id = lastWaiter.add(1, ordering: .relaxed).newValue
    let grant = await withTaskCancellationHandler {
      await withCheckedContinuation { (ticket: Ticket) in
        change { state, now in state.wait(id, mode, ticket, now: now) }
        armTimeout()
      }
    } onCancel: {
      change { state, _ in state.cancel(id) }
    }
    state.withLock { $0.forget(id) }
    switch grant {
    case .lease(let id, let connection): return (id, connection)
    case .refused(let error): throw error
    }
  }

  private func giveBack(_ id: Int, _ connection: PostgresConnection) async {
    let isClean = await connection.isClean
    if !isClean, await connection.isOpen {
      configuration.logger.warning("a connection came back with work under way; it is closed")
    }
    release(id, isClean: isClean)
  }

  private func release(_ id: Int, isClean: Bool) {
    change { state, now in state.release(id, isClean: isClean, now: now) }
  }

  /// Changes the state, then does what follows from it.
  private func change(_ body: (inout State, Int) -> [State.Action]) {
    let now = Self.now
    let actions = state.withLock { body(&$0, now) }
    for action in actions { perform(action) }
  }

  private static var now: Int { Int(DispatchTime.now().uptimeNanoseconds / 1_000_000) }

  private func perform(_ action: State.Action) {
    switch action {
    case .grant(let ticket, let id, let connection):
      ticket.resume(returning: .lease(id: id, connection))
    case .refuse(let ticket, let error): ticket.resume(returning: .refused(error))
    case .connect(let delay): connect(afterMilliseconds: delay)
    case .close(let connection): Task { await connection.close() }
    case .check(let id, let connection): check(id, connection)
    case .drained: tellDrained()
    }
  }

  private func connect(afterMilliseconds delay: Int) {
    timer.after(milliseconds: delay) { [weak self] in
      guard let self else { return }
      Task { await self.connect() }
    }
  }

  private func connect() async {
    do throws(PostgresError) {
      let connection = try await PostgresConnection.connect(configuration)
      let id = Mutex<Int?>(nil)
      change { state, now in
        let made = state.connected(connection, chance: .random(in: 0...1), now: now)
        id.withLock { $0 = made.id }
        return made.actions
      }
      guard let id = id.withLock({ $0 }) else { return }
      await connection.onEnd { [weak self] in
        self?.change { state, now in state.ended(id, now: now) }
      }
    } catch {
      configuration.logger.warning("\(error)")
      change { state, now in
        state.connectFailed("\(error)", chance: .random(in: 0...1), now: now)
      }
    }
  }

  private func check(_ id: Int, _ connection: PostgresConnection) {
    let options = QueryOptions(timeoutMilliseconds: limits.healthCheckTimeoutMilliseconds)
    Task {
      do throws(PostgresError) {
        _ = try await connection.query("", options)
        await giveBack(id, connection)
      } catch {
        release(id, isClean: false)
      }
    }
  }

  /// Sees to it that somebody looks when the first waiter has waited too long.
  private func armTimeout() {
    guard let time = state.withLock({ $0.nextTimeout }),
      !isTimeoutArmed.exchange(true, ordering: .acquiringAndReleasing)
    else { return }
    timer.after(milliseconds: max(0, time - Self.now)) { [weak self] in
      guard let self else { return }
      isTimeoutArmed.store(false, ordering: .releasing)
      change { state, now in state.expire(now: now) }
      armTimeout()
    }
  }
}

package import NIOCore
import NIOPosix
import Synchronization

/// A client of one Redis server: one connection, on which the commands of all callers follow one
/// another without waiting for answers. It connects by itself, and again when the connection is gone.
///
/// While there is no connection a command fails at once, so that callers can go on without Redis.
package final class RedisClient: Sendable {
  /// Whether commands are taken.
  package enum Status: Hashable, Sendable {
    /// The first attempt to connect has not ended yet.
    case starting
    /// They are.
    case ready
    /// They fail, for this reason; it is tried again and again.
    case away(reason: String)
  }

  /// What the client has done, for metrics.
  package struct Counters: Hashable, Sendable {
    /// Commands that were answered, refusals included.
    package var answered: UInt64 = 0
    /// Commands that failed otherwise.
    package var failed: UInt64 = 0
    /// How often a connection became ready.
    package var connected: UInt64 = 0
    /// Commands on their way now.
    package var inFlight = 0
    /// Commands that wait now.
    package var waiting = 0
  }

  private struct Pending {
    let promise: EventLoopPromise<RESPValue>
    let timeout: Scheduled<Void>
  }

  private struct State {
    var queue: CommandQueue
    var pending: [UInt64: Pending] = [:]
    var lastID: UInt64 = 0
  }

  private struct Shared {
    var status = Status.starting
    var counters = Counters()
    var listener: (@Sendable (Status) -> Void)?
  }

  /// Where the server is, and the limits.
  package let configuration: RedisConfiguration
  private let link: Link
  /// Only on the loop.
  private let state: NIOLoopBoundBox<State>
  private let shared = Mutex(Shared())

  /// A client that begins to connect at once. Throws where its certificates cannot be used.
  package init(
    _ configuration: RedisConfiguration,
    on group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
  ) throws(RedisError) {
    self.configuration = configuration
    let loop = group.next()
    link = try Link(configuration, on: loop)
    let queue = CommandQueue(
      inFlightMax: configuration.inFlightMax, waitingMax: configuration.waitingMax)
    state = NIOLoopBoundBox.makeBoxSendingValue(State(queue: queue), eventLoop: loop)
    link.start(
      Link.Events(
        connecting: { [weak self] in self?.state.value.queue.connecting() },
        ready: { [weak self] in self?.becameReady() },
        received: { [weak self] in self?.received($0) },
        ended: { [weak self] in self?.ended($0) }, tick: { [weak self] in self?.tick() }))
  }

  /// Whether commands are taken; from any thread.
  package var status: Status { shared.withLock { $0.status } }

  /// What was done; from any thread.
  package var counters: Counters { shared.withLock { $0.counters } }

  /// Who is told of each change of the status, and of the present one now. On the client's event
  /// loop, so it must not wait.
  package func onStatus(_ listener: @escaping @Sendable (Status) -> Void) {
    link.eventLoop.execute {
      let status = self.shared.withLock { shared in
        shared.listener = listener
        return shared.status
      }
      listener(status)
    }
  }

  /// Does a command and gives its answer. Throws `RedisError`, also where Redis refuses.
  package func send(
    _ command: RedisCommand, timeoutMilliseconds: Int? = nil
  ) async throws -> RESPValue {
    let promise = link.eventLoop.makePromise(of: RESPValue.self)
    let milliseconds = timeoutMilliseconds ?? configuration.commandTimeoutMilliseconds
    link.eventLoop.execute { self.submit(command, promise, milliseconds) }
    let answer = try await promise.futureResult.get()
    if case .error(let words) = answer {
      throw RedisError.refused(command: command.name, words)
    }
    return answer
  }

  /// Ends the connection; what waits fails. May be called again.
  package func shutdown() async {
    let loop = link.eventLoop
    try? await loop.submit {
      self.link.shutdown()
      for (id, error) in self.state.value.queue.close() { self.fail(id, error) }
    }.get()
  }
}

extension RedisClient {
  private static func now() -> Int64 { Int64(NIODeadline.now().uptimeNanoseconds / 1_000_000) }

  private func submit(
    _ command: RedisCommand, _ promise: EventLoopPromise<RESPValue>, _ milliseconds: Int
  ) {
    let bytes = command.encoded
    guard bytes.count <= configuration.commandBytesMax else {
      return refuse(promise, .commandTooLarge(limit: configuration.commandBytesMax))
    }
    state.value.lastID += 1
    let entry = CommandQueue.Entry(id: state.value.lastID, name: command.name, bytes: bytes)
    switch state.value.queue.submit(entry, now: Self.now()) {
    case .refuse(let error): return refuse(promise, error)
    case .write: link.write(bytes)
    case .wait: break
    }
    let timeout = link.eventLoop.scheduleTask(in: .milliseconds(Int64(milliseconds))) {
      self.timedOut(entry.id, entry.name, milliseconds)
    }
    state.value.pending[entry.id] = Pending(promise: promise, timeout: timeout)
    note { _ in }
  }

  private func refuse(_ promise: EventLoopPromise<RESPValue>, _ error: RedisError) {
    note { $0.failed += 1 }
    promise.fail(error)
  }

  private func timedOut(_ id: UInt64, _ name: String, _ milliseconds: Int) {
    guard state.value.queue.abandon(id) else { return }
    fail(id, .timedOut(command: name, milliseconds: milliseconds))
  }

  private func fail(_ id: UInt64, _ error: RedisError) {
    guard let pending = state.value.pending.removeValue(forKey: id) else { return }
    pending.timeout.cancel()
    note { $0.failed += 1 }
    pending.promise.fail(error)
  }

  private func becameReady() {
    for bytes in state.value.queue.becameReady(now: Self.now()) { link.write(bytes) }
    note { $0.connected += 1 }
    change(.ready)
  }

  private func received(_ value: RESPValue) {
    guard let delivery = state.value.queue.received(now: Self.now()) else {
      return link.giveUp("the server said something that nobody asked for")
    }
    for bytes in delivery.written { link.write(bytes) }
    if let id = delivery.id, let pending = state.value.pending.removeValue(forKey: id) {
      pending.timeout.cancel()
      note { $0.answered += 1 }
      pending.promise.succeed(value)
    }
    // After a failover the old master is a replica: another connection may find the new one.
    if case .error(let words) = value, words.hasPrefix("READONLY") { link.giveUp(words) }
  }

  private func ended(_ reason: String) {
    for (id, error) in state.value.queue.ended(reason: reason) { fail(id, error) }
    note { _ in }
    change(.away(reason: reason))
  }

  /// Looks for a connection that is dead without having said so.
  private func tick() {
    let now = Self.now()
    if let oldest = state.value.queue.oldest {
      if now - oldest > Int64(configuration.stallMilliseconds) {
        link.giveUp("no answer for over \(configuration.stallMilliseconds) ms")
      }
    } else if link.silence > .milliseconds(Int64(configuration.pingMilliseconds)) {
      let ping = RedisCommand("PING")
      state.value.lastID += 1
      let entry = CommandQueue.Entry(id: state.value.lastID, name: ping.name, bytes: ping.encoded)
      if state.value.queue.submit(entry, now: now) == .write { link.write(entry.bytes) }
    }
  }

  private func note(_ change: (inout Counters) -> Void) {
    let (inFlight, waiting) = (state.value.queue.inFlightCount, state.value.queue.waitingCount)
    shared.withLock { shared in
      change(&shared.counters)
      (shared.counters.inFlight, shared.counters.waiting) = (inFlight, waiting)
    }
  }

  private func change(_ status: Status) {
    let listener = shared.withLock { shared -> (@Sendable (Status) -> Void)? in
      guard shared.status != status else { return nil }
      shared.status = status
      return shared.listener
    }
    listener?(status)
  }
}

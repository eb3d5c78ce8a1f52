import NIOCore

/// One connection after the other to the same server: opened, greeted, watched, and opened again
/// with growing pauses when it is gone. All of it on one event loop.
final class Link: Sendable {
  /// What the owner is told, on the event loop.
  struct Events: Sendable {
    /// An attempt begins.
    var connecting: @Sendable () -> Void
    /// The server takes commands.
    var ready: @Sendable () -> Void
    /// It said something.
    var received: @Sendable (RESPValue) -> Void
    /// The connection is gone, or was not to be had.
    var ended: @Sendable (_ reason: String) -> Void
    /// A second has passed on a connection that is ready.
    var tick: @Sendable () -> Void
  }

  private enum Phase {
    case idle
    case connecting
    case greeting(Greeting)
    case ready
    case pausing
    case closed
  }

  private struct State {
    var phase = Phase.idle
    var events: Events?
    var channel: (any Channel)?
    /// Rises with each connection, so that late words of an old one are not taken for the new one's.
    var number = 0
    var backoff: Backoff
    var deadline: Scheduled<Void>?
    var lastHeard = NIODeadline.now()
  }

  let eventLoop: any EventLoop
  private let configuration: RedisConfiguration
  private let transport: Transport
  /// Only on the loop.
  private let state: NIOLoopBoundBox<State>

  /// On the loop. A copy, since the owner may call back while it is told.
  private var events: Events? { state.value.events }

  private static let tickMilliseconds: Int64 = 1_000

  init(_ configuration: RedisConfiguration, on eventLoop: any EventLoop) throws(RedisError) {
    self.configuration = configuration
    self.eventLoop = eventLoop
    transport = try Transport(configuration)
    let backoff = Backoff(
      firstMilliseconds: configuration.backoffFirstMilliseconds,
      maxMilliseconds: configuration.backoffMaxMilliseconds)
    state = NIOLoopBoundBox.makeBoxSendingValue(State(backoff: backoff), eventLoop: eventLoop)
  }

  /// Begins to connect; the link lives on until `shutdown`.
  func start(_ events: Events) {
    eventLoop.execute {
      guard case .idle = self.state.value.phase else { return }
      self.state.value.events = events
      self.connect()
      self.scheduleTick()
    }
  }

  /// On the loop: sends bytes, if there is a connection.
  func write(_ bytes: [UInt8]) {
    guard let channel = state.value.channel else { return }
    channel.writeAndFlush(channel.allocator.buffer(bytes: bytes), promise: nil)
  }

  /// On the loop: for how long nothing was heard.
  var silence: TimeAmount { NIODeadline.now() - state.value.lastHeard }

  /// On the loop: ends the connection; another one follows.
  func giveUp(_ reason: String) { ended(state.value.number, reason) }

  /// On the loop: ends it for good.
  func shutdown() {
    state.value.phase = .closed
    state.value.deadline?.cancel()
    state.value.channel?.close(promise: nil)
    state.value.channel = nil
    state.value.events = nil
  }

  private func connect() {
    state.value.number += 1
    let number = state.value.number
    state.value.phase = .connecting
    events?.connecting()
    // One limit for all of it: TCP, TLS and the greeting.
    let limit = configuration.connectTimeoutMilliseconds
    state.value.deadline = eventLoop.scheduleTask(in: .milliseconds(Int64(limit))) {
      self.ended(number, "connecting took over \(limit) ms")
    }
    let limits = configuration.replyLimits
    transport.connect(on: eventLoop) {
      ReplyHandler(
        limits: limits, onReply: { self.received(number, $0) },
        onEnd: { self.ended(number, $0) })
    }.whenComplete { result in
      switch result {
      case .success(let channel): self.opened(number, channel)
      case .failure(let error): self.ended(number, ConnectReason.text(error))
      }
    }
  }

  private func opened(_ number: Int, _ channel: any Channel) {
    guard number == state.value.number, case .connecting = state.value.phase else {
      return channel.close(promise: nil)
    }
    state.value.channel = channel
    let greeting = Greeting(configuration)
    state.value.phase = .greeting(greeting)
    write(greeting.bytes)
  }

  private func received(_ number: Int, _ value: RESPValue) {
    guard number == state.value.number else { return }
    state.value.lastHeard = .now()
    switch state.value.phase {
    case .greeting(var greeting):
      switch greeting.received(value) {
      case .waiting: state.value.phase = .greeting(greeting)
      case .done: becameReady()
      case .refused(let error): ended(number, "\(error)")
      }
    case .ready: events?.received(value)
    case .connecting, .idle, .pausing, .closed: break
    }
  }

  private func becameReady() {
    state.value.phase = .ready
    state.value.deadline?.cancel()
    state.value.backoff.reset()
    events?.ready()
  }

  private func ended(_ number: Int, _ reason: String) {
    guard number == state.value.number else { return }
    switch state.value.phase {
    case .idle, .pausing, .closed: return
    case .connecting, .greeting, .ready: break
    }
    state.value.phase = .pausing
    state.value.deadline?.cancel()
    state.value.channel?.close(mode: .all, promise: nil)
    state.value.channel = nil
    var random = SystemRandomNumberGenerator()
    let pause = state.value.backoff.pause(using: &random)
    eventLoop.scheduleTask(in: .milliseconds(Int64(pause))) {
      guard case .pausing = self.state.value.phase else { return }
      self.connect()
    }
    events?.ended(reason)
  }

  private func scheduleTick() {
    eventLoop.scheduleTask(in: .milliseconds(Self.tickMilliseconds)) {
      switch self.state.value.phase {
      case .closed: return
      case .ready: self.events?.tick()
      case .idle, .connecting, .greeting, .pausing: break
      }
      self.scheduleTick()
    }
  }
}

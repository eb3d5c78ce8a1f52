package import NIOCore
import NIOPosix
import Synchronization

/// Hears what is said in channels, on a connection of its own. After a lost connection it subscribes
/// again by itself; what was said meanwhile is lost, and `subscribed` says so.
package final class RedisSubscriber: Sendable {
  /// What is heard.
  package enum Event: Hashable, Sendable {
    /// All channels are heard from now on: first, after a reconnection, and after messages were
    /// dropped because nobody read them. What was said before may have been missed.
    case subscribed
    /// Somebody said something.
    case message(channel: String, [UInt8])
  }

  private struct State {
    var subscriptions: Subscriptions
    /// Events were dropped, and nobody was told of it yet.
    var owesGap = false
  }

  /// What is heard, for one reader. At most `messagesBuffered` events wait for it; further ones are
  /// dropped, and then `subscribed` comes.
  package let events: AsyncStream<Event>
  private let continuation: AsyncStream<Event>.Continuation
  private let configuration: RedisConfiguration
  private let link: Link
  private let droppedCount = Atomic<UInt64>(0)
  /// Only on the loop.
  private let state: NIOLoopBoundBox<State>

  /// A subscriber to nothing yet, which begins to connect at once.
  package init(
    _ configuration: RedisConfiguration,
    on group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
  ) throws(RedisError) {
    self.configuration = configuration
    (events, continuation) = AsyncStream.makeStream(
      bufferingPolicy: .bufferingOldest(configuration.messagesBuffered))
    let loop = group.next()
    link = try Link(configuration, on: loop)
    let subscriptions = Subscriptions(channelsMax: configuration.channelsMax)
    state = NIOLoopBoundBox.makeBoxSendingValue(
      State(subscriptions: subscriptions), eventLoop: loop)
    link.start(
      Link.Events(
        connecting: {}, ready: { [weak self] in self?.becameReady() },
        received: { [weak self] in self?.received($0) },
        ended: { [weak self] _ in self?.state.value.subscriptions.ended() },
        tick: { [weak self] in self?.tick() }))
  }

  /// How many events were dropped since nobody read them.
  package var dropped: UInt64 { droppedCount.load(ordering: .relaxed) }

  /// Hears one more channel, over all reconnections. Throws where there are too many.
  package func subscribe(_ channel: String) async throws {
    try await link.eventLoop.submit {
      if let command = try self.state.value.subscriptions.add(channel) {
        self.link.write(command.encoded)
      }
    }.get()
  }

  /// Hears a channel no more.
  package func unsubscribe(_ channel: String) async {
    try? await link.eventLoop.submit {
      if let command = self.state.value.subscriptions.remove(channel) {
        self.link.write(command.encoded)
      }
    }.get()
  }

  /// Ends the connection and the events. May be called again.
  package func shutdown() async {
    try? await link.eventLoop.submit { self.link.shutdown() }.get()
    continuation.finish()
  }

  private func becameReady() {
    if let command = state.value.subscriptions.connected() { link.write(command.encoded) }
  }

  private func received(_ value: RESPValue) {
    switch state.value.subscriptions.received(value) {
    case .complete: yield(.subscribed)
    case .message(let channel, let bytes): yield(.message(channel: channel, bytes))
    case .none: break
    case .wrong: link.giveUp("the server said something that is no message")
    }
  }

  private func yield(_ event: Event) {
    if state.value.owesGap {
      guard case .enqueued = continuation.yield(.subscribed) else { return drop() }
      state.value.owesGap = false
    }
    if case .dropped = continuation.yield(event) { drop() }
  }

  private func drop() {
    state.value.owesGap = true
    droppedCount.add(1, ordering: .relaxed)
  }

  private func tick() {
    let (ping, stall) = (configuration.pingMilliseconds, configuration.stallMilliseconds)
    if link.silence > .milliseconds(Int64(ping + stall)) {
      link.giveUp("nothing was heard for over \(ping + stall) ms")
    } else if link.silence > .milliseconds(Int64(ping)) {
      link.write(RedisCommand("PING").encoded)
    }
  }
}

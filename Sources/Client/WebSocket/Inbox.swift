package import NIOCore
import Synchronization

/// What came over a WebSocket and was not read yet, for a reader that waits.
package final class Inbox: WebSocketReceiver {
  /// Something that came.
  package enum Item: Sendable {
    /// A text message.
    case text(String)
    /// The end; the last item.
    case ended(WebSocketEnd)
  }

  /// More is never kept: a server that says so much at once is not ours, and is hung up on.
  package static let itemsMax = 1_024

  private struct State {
    var socket: WebSocket?
    var items: [Item] = []
    var waiter: (number: UInt64, continuation: CheckedContinuation<Item?, Never>)?
    var waits: UInt64 = 0
    var isOver = false
  }

  private let loop: any EventLoop
  private let state = Mutex(State())

  /// An inbox of a socket of this event loop.
  package init(on loop: any EventLoop) {
    self.loop = loop
  }

  /// Sends a text message; false where there is no connection.
  @discardableResult
  package func send(_ text: String) -> Bool {
    guard let socket = state.withLock({ $0.isOver ? nil : $0.socket }) else { return false }
    socket.send(text)
    return true
  }

  /// Closes the socket.
  package func close() { state.withLock { $0.socket }?.close() }

  /// The next item, in order; nil where none came in time. For one reader.
  package func next(withinMilliseconds milliseconds: Int) async -> Item? {
    await withCheckedContinuation { continuation in
      let (item, number) = state.withLock { state -> (Item?, UInt64) in
        if !state.items.isEmpty { return (state.items.removeFirst(), 0) }
        if milliseconds <= 0 { return (nil, 0) }
        precondition(state.waiter == nil, "two readers of one inbox")
        state.waits += 1
        state.waiter = (state.waits, continuation)
        return (nil, state.waits)
      }
      guard number > 0 else { return continuation.resume(returning: item) }
      loop.scheduleTask(in: .milliseconds(Int64(milliseconds))) { self.giveUp(number) }
    }
  }

  private func giveUp(_ number: UInt64) {
    let waiter = state.withLock { state -> CheckedContinuation<Item?, Never>? in
      guard let waiter = state.waiter, waiter.number == number else { return nil }
      state.waiter = nil
      return waiter.continuation
    }
    waiter?.resume(returning: nil)
  }

  /// Notes the socket.
  package func opened(_ socket: WebSocket) { state.withLock { $0.socket = socket } }

  /// Takes a message.
  package func received(_ text: String, on socket: WebSocket) {
    if !put(.text(text)) { socket.close() }
  }

  /// Takes the end.
  package func ended(_ end: WebSocketEnd) {
    state.withLock { $0.isOver = true }
    _ = put(.ended(end))
  }

  private func put(_ item: Item) -> Bool {
    var waiter: CheckedContinuation<Item?, Never>?
    let isKept = state.withLock { state in
      if let waiting = state.waiter {
        waiter = waiting.continuation
        state.waiter = nil
        return true
      }
      if case .text = item, state.items.count >= Self.itemsMax { return false }
      state.items.append(item)
      return true
    }
    waiter?.resume(returning: item)
    return isKept
  }
}

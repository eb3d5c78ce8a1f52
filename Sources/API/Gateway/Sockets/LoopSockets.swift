import NIOCore
import Synchronization
import Tables

/// The sockets of one event loop: takes frames from any thread and writes them on the loop, many at
/// a time, so that a frame costs neither a wake-up nor a system call of its own.
final class LoopSockets: Sendable {
  /// Frames that were handed over and not yet written; far above what a second of play brings.
  static let handedOverMax = 200_000

  private struct Delivery {
    let socket: UInt64
    let frame: Frame
  }

  private struct Inbox {
    var deliveries: [Delivery] = []
    var isScheduled = false
    var isOverfull = false
  }

  let eventLoop: any EventLoop
  private let inbox = Mutex(Inbox())
  /// Only on the loop.
  private let sockets: NIOLoopBoundBox<[UInt64: SocketHandler]>

  init(eventLoop: any EventLoop) {
    self.eventLoop = eventLoop
    sockets = NIOLoopBoundBox.makeBoxSendingValue([:], eventLoop: eventLoop)
    eventLoop.scheduleRepeatedTask(initialDelay: .seconds(1), delay: .seconds(1)) { [weak self] _ in
      self?.tick()
    }
  }

  /// Takes a frame for a socket; from any thread, in order, without waiting.
  func deliver(_ frame: Frame, to socket: UInt64) {
    let mustSchedule = inbox.withLock { inbox in
      guard inbox.deliveries.count < Self.handedOverMax else {
        inbox.isOverfull = true
        return false
      }
      inbox.deliveries.append(Delivery(socket: socket, frame: frame))
      defer { inbox.isScheduled = true }
      return !inbox.isScheduled
    }
    if mustSchedule { eventLoop.execute { self.drain() } }
  }

  /// Does something with a socket on the loop, if it is still there.
  func with(
    _ socket: UInt64, _ body: @escaping @Sendable (SocketHandler) -> Void,
    orElse gone: @escaping @Sendable () -> Void = {}
  ) {
    eventLoop.execute {
      if let handler = self.sockets.value[socket] { body(handler) } else { gone() }
    }
  }

  /// Does something with every socket of the loop, on the loop.
  func withAll(_ body: @escaping @Sendable (SocketHandler) -> Void) {
    eventLoop.execute {
      for handler in self.sockets.value.values { body(handler) }
    }
  }

  /// On the loop.
  func add(_ handler: SocketHandler, id: UInt64) { sockets.value[id] = handler }

  /// On the loop.
  func remove(_ id: UInt64) { sockets.value[id] = nil }

  private func drain() {
    let (deliveries, isOverfull) = inbox.withLock { inbox in
      defer { inbox = Inbox() }
      return (inbox.deliveries, inbox.isOverfull)
    }
    let now = MonotonicTime.nanoseconds()
    var touched: [UInt64: SocketHandler] = [:]
    var shared: (bytes: [UInt8], buffer: ByteBuffer)?
    for delivery in deliveries {
      guard let handler = sockets.value[delivery.socket] else { continue }
      let buffer = Self.buffer(delivery.frame.bytes, &shared)
      handler.write(buffer, now: now)
      touched[delivery.socket] = handler
    }
    for handler in touched.values { handler.flush(now: now) }
    // Frames were lost, so that nobody's picture is whole: everybody comes again and resumes.
    if isOverfull {
      for handler in sockets.value.values { handler.end(.slow, "the server is overloaded") }
    }
  }

  /// Receivers of a class share an event's bytes, and with them the buffer.
  private static func buffer(
    _ bytes: [UInt8], _ shared: inout (bytes: [UInt8], buffer: ByteBuffer)?
  ) -> ByteBuffer {
    if let shared, isSame(shared.bytes, bytes) { return shared.buffer }
    let buffer = FrameWriter.text(bytes)
    shared = (bytes, buffer)
    return buffer
  }

  private static func isSame(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    left.withUnsafeBufferPointer { left in
      right.withUnsafeBufferPointer {
        left.baseAddress == $0.baseAddress && left.count == $0.count
      }
    }
  }

  private func tick() {
    let now = MonotonicTime.nanoseconds()
    for handler in sockets.value.values { handler.tick(now: now) }
  }
}

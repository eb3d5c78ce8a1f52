import Dispatch

/// Watches one socket, for bytes to read and for room to write, as long as either is wanted.
///
/// Unchecked, since the compiler does not know that all of it is used on one queue.
final class SocketWatcher: @unchecked Sendable {
  private let socket: Int32
  private let current: @Sendable () -> Int32
  private let queue: DispatchQueue
  private let onReadable: @Sendable () -> Void
  private let onWritable: @Sendable () -> Void
  private var token: UInt64 = 0
  private var wantsReading = false
  private var wantsWriting = false
  /// epoll knows the socket.
  private var isKnown = false
  private var hasEnded = false

  /// Begins to watch for nothing. `current` tells which socket libpq has now: when a connection
  /// breaks, libpq closes it at once, inside whatever function notices, and its number may be
  /// another connection's by then.
  init(
    queue: DispatchQueue,
    current: @escaping @Sendable () -> Int32,
    onReadable: @escaping @Sendable () -> Void,
    onWritable: @escaping @Sendable () -> Void
  ) {
    (self.queue, self.current) = (queue, current)
    socket = current()
    (self.onReadable, self.onWritable) = (onReadable, onWritable)
    token = SocketEvents.shared.register { [weak self, queue] canRead, canWrite in
      queue.async { [weak self] in self?.happened(canRead, canWrite) }
    }
  }

  /// Begins or stops to watch for bytes; meanwhile the kernel and then the server wait.
  func setReading(_ wanted: Bool) {
    guard wanted != wantsReading else { return }
    wantsReading = wanted
    arm()
  }

  /// Begins or stops to watch for room.
  func setWriting(_ wanted: Bool) {
    guard wanted != wantsWriting else { return }
    wantsWriting = wanted
    arm()
  }

  /// Ends it: nothing is called any more, and the socket may be closed.
  func end() {
    guard !hasEnded else { return }
    hasEnded = true
    SocketEvents.shared.remove(token, socket: socket, isOpen: isKnown && current() == socket)
  }

  private func happened(_ canRead: Bool, _ canWrite: Bool) {
    if canWrite, wantsWriting, !hasEnded { onWritable() }
    if canRead, wantsReading, !hasEnded { onReadable() }
    // Nothing is asked while nothing is wanted, or a broken socket would be told again and again.
    if wantsReading || wantsWriting { arm() }
  }

  private func arm() {
    guard !hasEnded, wantsReading || wantsWriting || isKnown, current() == socket else { return }
    isKnown = SocketEvents.shared.wait(
      token,
      socket: socket,
      reading: wantsReading,
      writing: wantsWriting
    )
    // libpq finds out what is wrong with it, and says so.
    if !isKnown { queue.async { [weak self] in self?.happened(true, true) } }
  }
}

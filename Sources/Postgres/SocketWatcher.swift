import Dispatch

/// The dispatch sources of one socket. Used on the connection's queue only.
final class SocketWatcher {
  private let reading: any DispatchSourceRead
  private let writing: any DispatchSourceWrite
  private let queue: DispatchQueue
  private var isReading = true
  private var isWriting = false

  /// Begins to watch for bytes to read; for room to write only when asked.
  init(
    socket: Int32,
    queue: DispatchQueue,
    onReadable: @escaping @Sendable () -> Void,
    onWritable: @escaping @Sendable () -> Void
  ) {
    self.queue = queue
    reading = DispatchSource.makeReadSource(fileDescriptor: socket, queue: queue)
    writing = DispatchSource.makeWriteSource(fileDescriptor: socket, queue: queue)
    reading.setEventHandler(handler: onReadable)
    writing.setEventHandler(handler: onWritable)
    reading.activate()
  }

  /// Stops or goes on reading; the kernel and then the server wait meanwhile.
  func setReading(_ wanted: Bool) {
    guard wanted != isReading else { return }
    isReading = wanted
    if wanted { reading.resume() } else { reading.suspend() }
  }

  /// Watches for room to write, or stops doing so. Sources are made inactive.
  func setWriting(_ wanted: Bool) {
    guard wanted != isWriting else { return }
    isWriting = wanted
    if wanted { writing.resume() } else { writing.suspend() }
  }

  /// Ends both sources, and only then calls `done`: before that the socket must not be closed, or
  /// its number may be another's already while epoll still watches it for us.
  func cancel(_ done: @escaping @Sendable () -> Void) {
    let group = DispatchGroup()
    for source in [reading, writing] as [any DispatchSourceProtocol] {
      group.enter()
      source.setCancelHandler { group.leave() }
      source.cancel()
    }
    setReading(true)
    setWriting(true)
    group.notify(queue: queue, execute: done)
  }
}

import CPostgres
import Dispatch
import Synchronization

/// Tells when sockets can be read or written: one thread with epoll for all connections.
///
/// Not dispatch sources: these must have been cancelled before their socket is closed, and libpq
/// closes it without asking when a connection breaks. The next connection gets the same number, and
/// then waits for ever for events that went to the old one (see `docs/decisions/libpq.md`). Here
/// every wait has a token that is never used twice.
final class SocketEvents: Sendable {
  /// What is told about a socket; on the thread of this class, so the handler must not do more
  /// than hand it on.
  typealias Handler = @Sendable (_ canRead: Bool, _ canWrite: Bool) -> Void

  /// One for the process, since it is a thread that is never done.
  static let shared = SocketEvents()

  private let epoll: Int32
  private let handlers = Mutex<[UInt64: Handler]>([:])
  private let lastToken = Atomic<UInt64>(0)

  private init() {
    epoll = higgs_epoll_open()
    guard epoll >= 0 else { return }
    // A serial queue's thread is none of Swift's pool.
    DispatchQueue(label: "postgres.sockets").async { self.loop() }
  }

  /// False when the system would not give us an epoll, so that nothing can be waited for.
  var works: Bool { epoll >= 0 }

  /// A name for a socket, never used twice.
  func register(_ handler: @escaping Handler) -> UInt64 {
    let token = lastToken.add(1, ordering: .relaxed).newValue
    handlers.withLock { $0[token] = handler }
    return token
  }

  /// Asks for one event. False when the socket cannot be watched: then it is closed already.
  func wait(_ token: UInt64, socket: Int32, reading: Bool, writing: Bool) -> Bool {
    higgs_epoll_set(epoll, socket, reading ? 1 : 0, writing ? 1 : 0, token) == 0
  }

  /// Forgets a socket. Its handler may still be running, but is not called any more. One that is
  /// closed already is out of epoll, and its number is not ours any more.
  func remove(_ token: UInt64, socket: Int32, isOpen: Bool) {
    if isOpen { _ = higgs_epoll_remove(epoll, socket) }
    handlers.withLock { $0[token] = nil }
  }

  private func loop() {
    let batch = Int(HIGGS_EPOLL_BATCH)
    var tokens = [UInt64](repeating: 0, count: batch)
    var readable = [UInt8](repeating: 0, count: batch)
    var writable = [UInt8](repeating: 0, count: batch)
    while true {
      // Only a signal ends it early.
      let count = higgs_epoll_wait(epoll, &tokens, &readable, &writable)
      for index in 0..<max(0, Int(count)) {
        let handler = handlers.withLock { $0[tokens[index]] }
        handler?(readable[index] != 0, writable[index] != 0)
      }
    }
  }
}

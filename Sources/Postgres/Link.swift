import CPostgres
import Dispatch

/// libpq's connection with its watcher. Owns both, and frees them in the right order.
///
/// Unchecked, since the compiler does not know that all of it is used on the connection's queue
/// only, but for `disposeLater`.
final class Link: @unchecked Sendable {
  let pointer: OpaquePointer
  let notices = NoticeBox()
  /// Nil while the connection is being made.
  var watcher: SocketWatcher?
  private let queue: DispatchQueue

  init(_ pointer: OpaquePointer, queue: DispatchQueue) {
    (self.pointer, self.queue) = (pointer, queue)
    notices.attach(to: pointer)
  }

  var socket: Int32 { PQsocket(pointer) }

  var isBroken: Bool { PQstatus(pointer) == CONNECTION_BAD }

  var errorMessage: String {
    PQerrorMessage(pointer).map { String(cString: $0).trimmedLine } ?? ""
  }

  /// Ends the watching at once, and closes after whatever uses the connection at this moment.
  func dispose() {
    watcher?.end()
    queue.async { PQfinish(self.pointer) }
  }

  /// The same from any thread, when nobody else has the link any more.
  func disposeLater() {
    queue.async { self.dispose() }
  }
}

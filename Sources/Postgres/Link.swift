import CPostgres
import Dispatch

/// libpq's connection with its sources. Owns both, and frees them in the right order.
///
/// Unchecked, since the compiler does not know that all of it is used on the connection's queue
/// only; `dispose` may be called anywhere, once.
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

  /// Ends the sources, then closes. The link lives until that is done.
  func dispose() {
    queue.async {
      guard let watcher = self.watcher else {
        PQfinish(self.pointer)
        return
      }
      watcher.cancel { PQfinish(self.pointer) }
    }
  }
}

import Foundation
import Synchronization

/// A TCP server that says the same bytes to whoever connects, whatever one says.
package final class RawServer: Sendable {
  /// Its port on 127.0.0.1.
  package let port: Int
  private let listener: Int32
  private let clients = Mutex<[Int32]>([])

  private static let backlog: Int32 = 16

  /// Begins to listen.
  package init(saying bytes: [UInt8]) throws {
    port = try FreePort.find()
    listener = try FreePort.listen(port, backlog: Self.backlog)
    Thread.detachNewThread { [self] in
      while true {
        let client = accept(listener, nil, nil)
        guard client >= 0 else { return }
        clients.withLock { $0.append(client) }
        _ = bytes.withUnsafeBytes {
          send(client, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
      }
    }
  }

  /// Ends all connections; nobody is let in any more.
  package func stop() {
    shutdown(listener, Int32(SHUT_RDWR))
    close(listener)
    for client in clients.withLock({ $0 }) { close(client) }
  }
}

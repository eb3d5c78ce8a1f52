import Foundation

/// Ports of this machine.
package enum FreePort {
  /// Below those that the system gives to clients: one that tries again and again to reach a dead
  /// server may be given the server's own port otherwise, and then has it.
  private static let ports = 20_000..<32_000
  private static let attemptsMax = 200

  /// A port on 127.0.0.1 that nobody has now.
  package static func find() throws -> Int {
    for _ in 0..<attemptsMax {
      let port = Int.random(in: ports)
      if withSocket({ bind($0, $1, $2) }, port) == 0 { return port }
    }
    throw TestDatabaseError(description: "no free port was found")
  }

  /// Whether somebody takes connections there.
  package static func isServed(_ port: Int) -> Bool {
    withSocket({ connect($0, $1, $2) }, port) == 0
  }

  /// A socket that listens there.
  static func listen(_ port: Int, backlog: Int32) throws -> Int32 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard withAddress(of: port, { bind(descriptor, $0, $1) }) == 0,
      Glibc.listen(descriptor, backlog) == 0
    else {
      close(descriptor)
      throw TestDatabaseError(description: "nobody can listen on port \(port)")
    }
    return descriptor
  }

  private static func withSocket(
    _ body: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Int32, _ port: Int
  ) -> Int32 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    return withAddress(of: port) { body(descriptor, $0, $1) }
  }

  private static func withAddress(
    of port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
  ) -> Int32 {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    address.sin_port = UInt16(port).bigEndian
    return withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
  }
}

import Hummingbird

/// How many proxies of our own stand in front; each adds the address that it saw.
package struct TrustedProxies: Sendable {
  /// How many; 0 believes no header.
  let count: Int

  /// So many proxies.
  package init(count: Int) {
    self.count = count
  }

  /// The client's address: the one that the outermost of our proxies saw.
  func address(of request: Request, peer: String) -> String {
    address(forwarded: request.headers[values: .forwardedFor], peer: peer)
  }

  func address(forwarded: [String], peer: String) -> String {
    guard count > 0 else { return peer }
    let seen = forwarded.flatMap { $0.split(separator: ",") }.map { field in
      String(field.drop { $0 == " " }.prefix { $0 != " " })
    }
    guard seen.count >= count else { return peer }
    let address = seen[seen.count - count]
    return Self.isAddress(address) ? address : peer
  }

  private static func isAddress(_ text: String) -> Bool {
    (2...45).contains(text.utf8.count)
      && text.utf8.allSatisfy { JSONString.hexadecimal($0) != nil || $0 == 0x3A || $0 == 0x2E }
  }
}

import FoundationEssentials

/// Where a server of ours is: `http://127.0.0.1:3000`, `https://play.example/domino`.
package struct ServerAddress: Sendable, Hashable, CustomStringConvertible {
  /// Whether it is spoken to through TLS.
  package let isSecure: Bool
  /// A name or an address, without the brackets of IPv6.
  package let host: String
  /// Its port.
  package let port: Int
  /// What goes before every path: empty, or `/domino`.
  package let prefix: String

  /// Reads an address; throws a sentence that says what is wrong with it.
  package init(_ text: String) throws(AddressProblem) {
    guard let url = URL(string: text), let scheme = url.scheme?.lowercased() else {
      throw AddressProblem(text, "it is no address such as http://127.0.0.1:3000")
    }
    guard scheme == "http" || scheme == "https" else {
      throw AddressProblem(text, "it must begin with http:// or https://")
    }
    guard let host = url.host, !host.isEmpty else {
      throw AddressProblem(text, "it names no host")
    }
    guard url.user == nil, url.password == nil else {
      throw AddressProblem("…", "it must not hold a user or a password")
    }
    guard url.query == nil, url.fragment == nil else {
      throw AddressProblem(text, "it must end with the host or a path, without ? and #")
    }
    let port = url.port ?? (scheme == "https" ? 443 : 80)
    guard (1...65_535).contains(port) else {
      throw AddressProblem(text, "a port is a number from 1 to 65535")
    }
    isSecure = scheme == "https"
    self.host = host.trimming { $0 == "[" || $0 == "]" }
    self.port = port
    prefix = url.path.hasSuffix("/") ? String(url.path.dropLast()) : url.path
  }

  /// The address of a path.
  package func url(_ path: String) -> String { description + path }

  /// As it would be typed, without a slash at the end.
  package var description: String { "\(isSecure ? "https" : "http")://\(authority)\(prefix)" }

  /// What goes into `Host`.
  package var authority: String {
    let name = host.contains(":") ? "[\(host)]" : host
    return port == (isSecure ? 443 : 80) ? name : "\(name):\(port)"
  }
}

/// What is wrong with an address.
package struct AddressProblem: Error, CustomStringConvertible {
  /// A sentence for whoever typed it.
  package let description: String

  init(_ address: String, _ reason: String) {
    description = "'\(address)' is no address of a server: \(reason)."
  }
}

extension String {
  fileprivate func trimming(_ isSuperfluous: (Character) -> Bool) -> String {
    let head = drop(while: isSuperfluous)
    return String(head.reversed().drop(while: isSuperfluous).reversed())
  }
}

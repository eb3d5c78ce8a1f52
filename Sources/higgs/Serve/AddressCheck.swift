#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Looks whether we can listen at an address, before anything else is begun. Whoever can has proof
/// that no earlier server of this address lives.
enum AddressCheck {
  static func demandFree(host: String, port: Int) throws(ConfigurationProblem) {
    try demandFree(host, port: port, variable: "PORT")
  }

  /// The same for the port that another variable names.
  static func demandFree(
    _ host: String, port: Int, variable: String
  ) throws(ConfigurationProblem) {
    guard port != 0 else { return }
    var hints = addrinfo()
    hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var found: UnsafeMutablePointer<addrinfo>?
    let status = getaddrinfo(host, String(port), &hints, &found)
    guard status == 0, let address = found else {
      throw ConfigurationProblem("HOST: \(host) is no address of this machine")
    }
    defer { freeaddrinfo(found) }
    guard let problem = problem(at: address.pointee) else { return }
    throw ConfigurationProblem(
      problem == EADDRINUSE
        ? "port \(port) is taken by another program. Choose another one: \(variable)=\(port + 1)"
        : "cannot listen on \(host), port \(port): \(String(cString: strerror(problem)))")
  }

  private static func problem(at address: addrinfo) -> Int32? {
    let listener = socket(address.ai_family, address.ai_socktype, address.ai_protocol)
    guard listener >= 0 else { return errno }
    defer { close(listener) }
    var on: Int32 = 1
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
    guard bind(listener, address.ai_addr, address.ai_addrlen) == 0, listen(listener, 1) == 0 else {
      return errno
    }
    return nil
  }
}

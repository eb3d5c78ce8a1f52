/// The hosts of a connection string, one attempt each.
///
/// libpq goes through its hosts by itself, but leaves the time limit to the caller when it does not
/// block, and cannot be told to give up one host and take the next. So each host is an attempt of
/// its own; libpq still goes through the addresses of a name, and checks what kind of server it is.
enum HostList {
  /// The options of each attempt, in the order in which they are to be made.
  static func attempts(_ options: [String: String]) throws(PostgresError) -> [[String: String]] {
    let hosts = list(options["host"])
    let addresses = list(options["hostaddr"])
    let count = max(hosts.count, addresses.count)
    guard count > 1 else { return [options] }
    let ports = list(options["port"])
    guard hosts.isEmpty || addresses.isEmpty || hosts.count == addresses.count else {
      throw .invalidConfiguration("host and hostaddr must list the same number of hosts")
    }
    guard ports.count <= 1 || ports.count == count else {
      throw .invalidConfiguration("port must have one number, or one for each host")
    }
    var attempts = (0..<count).map { index in
      var single = options
      if !hosts.isEmpty { single["host"] = hosts[index] }
      if !addresses.isEmpty { single["hostaddr"] = addresses[index] }
      if !ports.isEmpty { single["port"] = ports.count == 1 ? ports[0] : ports[index] }
      return single
    }
    if options["load_balance_hosts"] == "random" { attempts.shuffle() }
    guard options["target_session_attrs"] == "prefer-standby" else { return attempts }
    return withAttributes("standby", attempts) + withAttributes("any", attempts)
  }

  private static func list(_ value: String?) -> [String] {
    guard let value, !value.isEmpty else { return [] }
    return value.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
  }

  private static func withAttributes(
    _ wanted: String,
    _ attempts: [[String: String]]
  ) -> [[String: String]] {
    attempts.map { $0.merging(["target_session_attrs": wanted]) { $1 } }
  }
}

/// Where Redis is, and the limits of its use.
package struct RedisConfiguration: Sendable, Hashable {
  /// Name or address of the machine.
  package var host: String
  /// Its port.
  package var port: Int
  /// Whether the connection is TLS; the certificate is always checked, with the host's name.
  package var usesTLS: Bool
  /// The user of the access list; nil for the default one.
  package var user: String?
  /// The password; nil where none is asked for.
  package var password: String?
  /// The number of the database.
  package var database: Int
  /// A file of certificates (PEM) to trust instead of the system's.
  package var certificateFile: String?

  /// How long connecting may take, TLS and signing in included.
  package var connectTimeoutMilliseconds = 3_000
  /// How long a command may take that says nothing else, waiting included.
  package var commandTimeoutMilliseconds = 1_000
  /// A connection on which the oldest command has waited so long is given up.
  package var stallMilliseconds = 3_000
  /// After so long without a word a PING is sent.
  package var pingMilliseconds = 10_000
  /// How many commands may be on their way.
  package var inFlightMax = 256
  /// How many more may wait.
  package var waitingMax = 1_024
  /// The largest command, in bytes.
  package var commandBytesMax = 4 << 20
  /// The pause before the first new attempt to connect.
  package var backoffFirstMilliseconds = 100
  /// The longest pause.
  package var backoffMaxMilliseconds = 5_000
  /// How many messages of subscriptions wait for their reader.
  package var messagesBuffered = 1_024
  /// How many channels may be subscribed.
  package var channelsMax = 64
  /// What a reply may be.
  package var replyLimits = RESPLimits()

  static let databaseMax = 65_535
}

extension RedisConfiguration {
  static let form = "redis://[user:password@]host[:port][/database], or rediss:// for TLS"

  /// Reads `redis://[user[:password]@]host[:port][/database]`, or `rediss://…` for TLS. User and
  /// password are percent-encoded.
  package init(url text: String) throws(RedisError) {
    guard let scheme = text.firstRange(of: "://") else {
      throw .invalidAddress("there is no scheme; write \(Self.form)")
    }
    switch text[..<scheme.lowerBound].lowercased() {
    case "redis": usesTLS = false
    case "rediss": usesTLS = true
    default: throw .invalidAddress("the scheme is none of redis and rediss; write \(Self.form)")
    }
    let rest = text[scheme.upperBound...]
    guard !rest.contains(where: { $0 == "?" || $0 == "#" }) else {
      throw .invalidAddress(
        "there is a ? or #. Options are not taken; in a password write %3F or %23")
    }
    let path = rest.firstIndex(of: "/") ?? rest.endIndex
    let authority = rest[..<path]
    let at = authority.lastIndex(of: "@")
    (user, password) = try Self.account(at.map { authority[..<$0] })
    (host, port) = try Self.place(at.map { authority[authority.index(after: $0)...] } ?? authority)
    database = try Self.database(rest[path...].dropFirst())
  }

  private static func account(
    _ text: Substring?
  ) throws(RedisError) -> (user: String?, password: String?) {
    guard let text else { return (nil, nil) }
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2 else {
      throw .invalidAddress(
        "there is a user without a password; write user:password@ or :password@ before the host")
    }
    guard let user = decoded(parts[0]), let password = decoded(parts[1]) else {
      throw .invalidAddress("user or password have a % that is no code; write % as %25")
    }
    guard !password.isEmpty else {
      throw .invalidAddress("the password is empty; leave out what is before the @")
    }
    return (user.isEmpty ? nil : user, password)
  }

  private static func place(_ text: Substring) throws(RedisError) -> (host: String, port: Int) {
    let (host, rest): (Substring, Substring)
    if text.first == "[" {
      guard let end = text.firstIndex(of: "]") else {
        throw .invalidAddress("the [ of an IPv6 address has no ]")
      }
      (host, rest) = (text[text.index(after: text.startIndex)..<end], text[end...].dropFirst())
    } else {
      let end = text.firstIndex(of: ":") ?? text.endIndex
      (host, rest) = (text[..<end], text[end...])
    }
    guard !host.isEmpty else { throw .invalidAddress("there is no host; write \(form)") }
    guard !rest.isEmpty else { return (String(host), 6_379) }
    guard rest.first == ":", let port = Int(rest.dropFirst()), (1...65_535).contains(port) else {
      throw .invalidAddress(
        "the port is no number from 1 to 65535 (an IPv6 address stands in [ ], and / : @ in a "
          + "password are written %2F %3A %40)")
    }
    return (String(host), port)
  }

  private static func database(_ text: Substring) throws(RedisError) -> Int {
    if text.isEmpty { return 0 }
    guard text.allSatisfy(\.isNumber), let number = Int(text), number <= databaseMax else {
      throw .invalidAddress("the database after the / is no number from 0 to \(databaseMax)")
    }
    return number
  }

  private static func decoded(_ text: Substring) -> String? {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      let digits = rest.prefix(2)
      guard digits.count == 2, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
        let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
      else { return nil }
      bytes.append(value)
      rest = rest.dropFirst(2)
    }
    return String(validating: bytes, as: UTF8.self)
  }
}

extension RedisConfiguration: CustomStringConvertible {
  /// The address without its secrets.
  package var description: String {
    let name = host.contains(":") ? "[\(host)]" : host
    return "\(usesTLS ? "rediss" : "redis")://\(name):\(port)/\(database)"
  }
}

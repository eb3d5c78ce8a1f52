/// What is said first on a connection: who we are, which database, and whether the server takes
/// commands at all.
package struct Greeting: Sendable {
  private var expected: [String]
  /// All of it at once.
  package let bytes: [UInt8]

  /// What the answers tell.
  package enum Progress: Hashable, Sendable {
    /// More answers are due.
    case waiting
    /// The server takes commands.
    case done
    /// It does not.
    case refused(RedisError)
  }

  /// The greeting of a server that is used so.
  package init(_ configuration: RedisConfiguration) {
    var commands: [RedisCommand] = []
    if let password = configuration.password {
      let account = [configuration.user, password].compactMap { $0 }
      commands.append(RedisCommand(words: ["AUTH"] + account))
    }
    if configuration.database != 0 {
      commands.append(RedisCommand("SELECT", String(configuration.database)))
    }
    commands.append(RedisCommand("PING"))
    expected = commands.map(\.name)
    bytes = commands.flatMap(\.encoded)
  }

  /// One answer.
  package mutating func received(_ value: RESPValue) -> Progress {
    guard !expected.isEmpty else { return .refused(.unexpectedAnswer(command: "PING")) }
    let name = expected.removeFirst()
    switch value {
    case .simple: return expected.isEmpty ? .done : .waiting
    case .error(let words): return .refused(.refused(command: name, words))
    default: return .refused(.unexpectedAnswer(command: name))
    }
  }
}

/// Why Redis could not be used. No case carries a password or an argument.
package enum RedisError: Error, Hashable, Sendable {
  /// The address cannot be used; what is wrong and how it reads right.
  case invalidAddress(String)
  /// The certificates cannot be used.
  case invalidCertificates(String)
  /// There is no connection, and the last attempt failed for this reason.
  case notConnected(reason: String)
  /// The connection ended after the command was sent: it may have been done or not.
  case connectionLost(reason: String)
  /// No answer came in time. A command that was sent may still be done.
  case timedOut(command: String, milliseconds: Int)
  /// So many commands wait already.
  case tooManyWaiting(limit: Int)
  /// The command is larger than `commandBytesMax`.
  case commandTooLarge(limit: Int)
  /// Redis refused the command, with its own words.
  case refused(command: String, String)
  /// The answer is not of the kind that the command has.
  case unexpectedAnswer(command: String)
  /// The client was shut down.
  case closed
}

extension RedisError: CustomStringConvertible {
  /// What happened, in a sentence's middle.
  package var description: String {
    switch self {
    case .invalidAddress(let text), .invalidCertificates(let text): text
    case .notConnected(let reason): "Redis is not connected: \(reason)"
    case .connectionLost(let reason): "the connection to Redis was lost: \(reason)"
    case .timedOut(let command, let milliseconds):
      "Redis did not answer \(command) within \(milliseconds) ms"
    case .tooManyWaiting(let limit): "\(limit) commands wait for Redis already"
    case .commandTooLarge(let limit): "a command to Redis has over \(limit) bytes"
    case .refused(let command, let words): "Redis refused \(command): \(words)"
    case .unexpectedAnswer(let command): "Redis answered \(command) with another kind of value"
    case .closed: "the connection to Redis was closed by us"
    }
  }
}

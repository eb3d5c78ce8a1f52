/// Why a socket is closed: the standard's codes, and ours from 4400 on.
package enum CloseCode: UInt16, Sendable, CaseIterable {
  /// Everything is done.
  case normal = 1000
  /// The client breaks the WebSocket protocol.
  case protocolError = 1002
  /// Binary messages are not taken.
  case unsupportedData = 1003
  /// A text is not UTF-8.
  case badText = 1007
  /// A message is too big.
  case tooBig = 1009
  /// The server restarts: come back.
  case restart = 1012
  /// There was no good `hello` in time.
  case badHello = 4400
  /// The token has ended, was revoked, or is not ours.
  case token = 4401
  /// The account may not be used.
  case notAllowed = 4403
  /// The client reads too slowly.
  case slow = 4408
  /// The player has too many sockets.
  case tooManySockets = 4409
  /// The client is too old.
  case upgradeRequired = 4426
  /// Too many messages.
  case rateLimited = 4429
}

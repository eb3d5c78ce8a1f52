/// Why the smoke test failed.
package struct SmokeFailure: Error, Sendable, CustomStringConvertible {
  /// What is to be told apart by the exit code.
  package enum Kind: Sendable, Hashable {
    /// The server answers, and not as it should.
    case wrong
    /// Nobody answers there.
    case unreachable
  }

  /// Which of the two.
  package var kind: Kind
  /// What should have come.
  package var expected: String
  /// What came.
  package var found: String
  /// Where to look.
  package var look: String

  init(_ kind: Kind = .wrong, expected: String, found: String, look: String) {
    self.kind = kind
    self.expected = expected
    self.found = found
    self.look = look
  }

  /// One line.
  package var description: String { "expected \(expected), found \(found)" }
}

/// Where to look when something is wrong.
enum Look {
  static let log = "The server's log at this time; 'higgs doctor' looks at its database."
  static let contract = "docs/api/openapi.yaml against the server's version; is a proxy in between?"
  static let socket =
    "docs/api/websocket.md; a proxy in front must pass WebSocket upgrades and long connections."
  static let ledger = "'higgs ledger verify' on the database; keep the log and the hand's id."
  static let fairness = "'higgs fair verify HAND --url URL'; keep the server's log."
}

/// A right that a command needs and the role has not.
package struct MissingRight: Codable, Equatable, Sendable {
  /// The exact statement that gives it.
  package let statement: String
  /// What it is needed for.
  package let reason: String

  /// A right and how to get it.
  package init(statement: String, reason: String) {
    self.statement = statement
    self.reason = reason
  }
}

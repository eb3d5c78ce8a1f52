/// A value of an answer that is not what the program expects.
package struct DecodingFailure: Error, Sendable, Hashable, CustomStringConvertible {
  /// The column, counted from 0; nil where it does not apply.
  package var column: Int?
  /// The column's name.
  package var name: String?
  /// The Swift type that was asked for.
  package var expected: String
  /// The type that the server sent.
  package var actual: PostgresType?
  /// What is wrong.
  package var reason: String

  /// Makes one by hand.
  package init(expected: String, actual: PostgresType? = nil, reason: String) {
    self.expected = expected
    self.actual = actual
    self.reason = reason
  }

  /// One line for the log; it never holds the value itself.
  package var description: String {
    var text = "cannot read"
    if let column { text += " column \(column)" }
    if let name { text += " (\(name))" }
    text += " as \(expected)"
    if let actual { text += " from type \(actual)" }
    return text + ": " + reason
  }
}

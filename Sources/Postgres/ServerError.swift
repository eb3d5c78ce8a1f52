/// What the server said about a statement that it refused, or a notice that it sent.
package struct ServerError: Sendable, Hashable {
  /// How severe it is, in English whatever the server's language: ERROR, FATAL, PANIC, NOTICE, …
  package var severity: String
  /// The code, to be switched over.
  package var sqlState: SQLState
  /// One line, in the server's language.
  package var message: String
  /// More lines, if the server has them.
  package var detail: String?
  /// What to do, if the server knows.
  package var hint: String?
  /// Where in PL/pgSQL or in nested queries it happened.
  package var context: String?
  /// The schema of the object that the error is about.
  package var schema: String?
  /// The table that the error is about.
  package var table: String?
  /// The column that the error is about.
  package var column: String?
  /// The constraint that was violated.
  package var constraint: String?
  /// The character of the statement, counted from 1, where the error was noticed.
  package var position: Int?
  /// The server's own function that raised it.
  package var routine: String?

  /// Makes an error by hand, as tests do.
  package init(severity: String = "ERROR", sqlState: SQLState, message: String) {
    self.severity = severity
    self.sqlState = sqlState
    self.message = message
  }

  /// True when the server closes the connection after it.
  package var isFatal: Bool { severity == "FATAL" || severity == "PANIC" }

  /// True for "cached plan must not change result type", whatever the server's language.
  var isStalePlan: Bool {
    sqlState == .featureNotSupported && routine == "RevalidateCachedQuery"
  }
}

extension ServerError: CustomStringConvertible {
  /// All that the server said, in one line.
  package var description: String {
    var text = "\(severity) \(sqlState): \(message)"
    if let detail { text += "; detail: \(detail)" }
    if let hint { text += "; hint: \(hint)" }
    if let constraint { text += "; constraint: \(constraint)" }
    if let context { text += "; context: \(context)" }
    return text
  }
}

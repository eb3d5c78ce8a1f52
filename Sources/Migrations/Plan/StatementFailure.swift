/// PostgreSQL's refusal of a statement, with its place in the file.
package struct StatementFailure: Equatable, Sendable {
  /// The file.
  package let file: String
  /// The line in the file, from 1, if PostgreSQL named a place.
  package let line: Int?
  /// The SQLSTATE, five characters.
  package let sqlState: String
  /// PostgreSQL's message.
  package let message: String
  /// PostgreSQL's detail, if any.
  package let detail: String?
  /// What to do: PostgreSQL's hint or ours.
  package let hint: String?

  /// Whether it is a matter of the moment: a lock that was not free, two runs at one role.
  package let isTransient: Bool

  /// A failure with all its parts.
  package init(
    file: String,
    line: Int?,
    sqlState: String,
    message: String,
    detail: String? = nil,
    hint: String? = nil,
    isTransient: Bool = false
  ) {
    self.file = file
    self.line = line
    self.sqlState = sqlState
    self.message = message
    self.detail = detail
    self.hint = hint
    self.isTransient = isTransient
  }

  /// The line (from 1) on which the character `position` (from 1) of `text` stands.
  package static func line(ofPosition position: Int, in text: String) -> Int {
    1 + text.unicodeScalars.prefix(max(0, position - 1)).count { $0 == "\n" }
  }

  /// What to do about an SQLSTATE that has one usual cause here.
  package static func advice(sqlState: String) -> String? {
    switch sqlState {
    case "42P06", "42P07", "42701", "42710", "42723":
      """
      The object is already there. If this file was run by hand before, 'higgs migrate baseline' \
      records it; otherwise move the object out of the way.
      """
    case "42501":
      """
      Migrate as a superuser, or as a role with CREATEROLE that owns the database and is a member \
      of higgs_owner.
      """
    case "55P03":
      """
      Another session holds a lock on the object (see pg_stat_activity and pg_blocking_pids). Try \
      again when it is done, or give --lock-timeout more.
      """
    case "57014":
      "It took longer than the time limit allows; --statement-timeout sets it."
    default: nil
    }
  }
}

extension StatementFailure: CustomStringConvertible {
  /// The failure in a few lines; says that nothing was kept.
  package var description: String {
    let place = line.map { "\(file):\($0)" } ?? file
    var lines = ["\(place): \(message) (SQLSTATE \(sqlState))"]
    if let detail { lines.append("  detail: \(detail)") }
    if let hint { lines.append("  hint: \(hint)") }
    return lines.joined(separator: "\n")
  }
}

/// The session that holds the migration lock.
package struct LockHolder: Codable, Equatable, Sendable {
  /// Its server process.
  package let processID: Int
  /// What it calls itself.
  package let applicationName: String
  /// The role, if it may be seen.
  package let role: String?
  /// When it connected, ISO 8601 in UTC, if it may be seen.
  package let since: String?

  /// A holder as read from `pg_locks` and `pg_stat_activity`.
  package init(processID: Int, applicationName: String, role: String?, since: String?) {
    self.processID = processID
    self.applicationName = applicationName
    self.role = role
    self.since = since
  }
}

extension LockHolder: CustomStringConvertible {
  /// "held by process 7 (higgs migrate up, role ada), connected since 2026-…".
  package var description: String {
    let name = applicationName.isEmpty ? "no application_name" : applicationName
    let role = role.map { ", role \($0)" } ?? ""
    let since = since ?? "a time that only pg_read_all_stats may see"
    return "held by process \(processID) (\(name)\(role)), connected since \(since)"
  }
}

/// The answer of `higgs migrate status`.
package struct StatusReport: MigrationReport {
  fileprivate struct Migration: Encodable {
    let version: Int
    let file: String
    let state: String
    let appliedAt: String?
    let appliedBy: String?
    let durationMilliseconds: Int?
    let indexes: [Index]?
  }

  fileprivate struct Index: Encodable {
    let name: String
    let valid: Bool
    let builder: Int?
  }

  private let database: String
  private let folder: String
  private let appliedVersion: Int
  private let newestVersion: Int
  private let migrations: [Migration]
  private let problems: [ProblemReport]

  /// How the files of `folder` stand in `database`.
  package init(database: String, folder: MigrationFolder, plan: MigrationPlan) {
    self.database = database
    self.folder = folder.path
    appliedVersion = plan.appliedVersion
    newestVersion = folder.newestVersion
    migrations = plan.steps.map(Self.migration)
    problems = plan.problems.map(ProblemReport.init)
  }

  /// `failed` if files and records do not fit, `found` if something is pending.
  package var exitCode: MigrationExitCode {
    if !problems.isEmpty { return .failed }
    return migrations.contains { $0.appliedAt == nil } ? .found : .ok
  }

  /// A line for each migration, then the sum.
  package var text: String {
    let width = migrations.map(\.file.count).max() ?? 0
    var lines = migrations.map { $0.line(width: width) }
    lines += problems.map(\.message)
    lines.append(summary)
    return lines.joined(separator: "\n")
  }

  private var summary: String {
    let pending = migrations.count { $0.appliedAt == nil }
    let what = pending == 0 ? "nothing is pending" : "\(pending) pending"
    return "database \(database) is at \(appliedVersion) of \(newestVersion); \(what)"
  }

  private static func migration(_ step: MigrationStep) -> Migration {
    var indexes: [Index]?
    if case .interrupted(let states) = step.state {
      indexes = states.map { Index(name: $0.name, valid: $0.isValid, builder: $0.builder) }
    }
    return Migration(
      version: step.version,
      file: step.fileName,
      state: step.state.word,
      appliedAt: step.record?.appliedAt,
      appliedBy: step.record?.appliedBy,
      durationMilliseconds: step.record?.durationMilliseconds,
      indexes: indexes
    )
  }
}

extension StatusReport.Migration {
  fileprivate func line(width: Int) -> String {
    let name = file + String(repeating: " ", count: width - file.count)
    var parts = [name, state]
    if let appliedAt { parts.append(appliedAt) }
    if let appliedBy { parts.append("by \(appliedBy)") }
    if let durationMilliseconds { parts.append("\(durationMilliseconds) ms") }
    for index in indexes ?? [] { parts.append(index.text) }
    return parts.joined(separator: "  ")
  }
}

extension StatusReport.Index {
  fileprivate var text: String {
    if let builder { return "index \(name) is being built by process \(builder)" }
    return valid ? "index \(name) is done" : "index \(name) is invalid"
  }
}

/// The answer of `higgs migrate verify`.
package struct VerifyReport: MigrationReport {
  private struct Migration: Encodable {
    let version: Int
    let file: String
    let state: String
    let recorded: String
    let found: String?
  }

  private let database: String
  private let migrations: [Migration]
  private let problems: [ProblemReport]

  /// The recorded files of `plan`.
  package init(database: String, plan: MigrationPlan) {
    self.database = database
    migrations = plan.steps.compactMap { step in
      step.record.map { record in
        Migration(
          version: step.version,
          file: step.fileName,
          state: step.state == .applied ? "same" : step.state.word,
          recorded: record.sha256,
          found: step.file?.sha256
        )
      }
    }
    problems = plan.problems.map(ProblemReport.init)
  }

  /// `failed` if any file is not what was applied.
  package var exitCode: MigrationExitCode { problems.isEmpty ? .ok : .failed }

  /// The refusals, then the sum.
  package var text: String {
    let same = migrations.count { $0.state == "same" }
    let sum = "\(same) of \(migrations.count) recorded files are what was applied to \(database)"
    return (problems.map(\.message) + [sum]).joined(separator: "\n")
  }
}

/// What there is to do, worked out from the files and the records alone.
package struct MigrationPlan: Equatable, Sendable {
  /// Every file and every record, by version.
  package let steps: [MigrationStep]
  /// Why nothing may be run; empty if all is well.
  package let problems: [MigrationProblem]

  /// Compares the files with what the database records.
  ///
  /// - Parameter indexes: what became of the indexes of files that run without a transaction.
  package init(files: [MigrationFile], history: MigrationHistory, indexes: [IndexState] = []) {
    var planner = MigrationPlanner(files: files, history: history, indexes: indexes)
    steps = planner.makeSteps()
    problems = planner.problems
  }

  private init(steps: [MigrationStep], problems: [MigrationProblem]) {
    self.steps = steps
    self.problems = problems
  }

  /// The plan without the problems that `harmless` says do not matter here.
  package func leavingOutProblems(
    _ harmless: (MigrationProblem) -> Bool
  ) -> MigrationPlan {
    MigrationPlan(steps: steps, problems: problems.filter { !harmless($0) })
  }

  /// The highest version that is recorded, or 0.
  package var appliedVersion: Int {
    steps.last { $0.record != nil }?.version ?? 0
  }

  /// The files that are still to be run, in order.
  package var pending: [MigrationFile] {
    steps.compactMap { $0.state.isPending ? $0.file : nil }
  }

  /// The files to run to get to `target` (nil for the newest); throws if that must not be done.
  package func filesToRun(to target: Int?) throws(MigrationError) -> [MigrationFile] {
    var problems = problems
    let newest = steps.last { $0.file != nil }?.version ?? 0
    if let target, target > newest || target < 1 {
      problems.append(.unknownTarget(version: target, newest: newest))
    } else if let target, target < appliedVersion {
      problems.append(.targetBehind(version: target, applied: appliedVersion))
    }
    guard problems.isEmpty else { throw .refused(problems) }
    return pending.filter { $0.version <= target ?? newest }
  }
}

/// One version: its file, its record, and how they fit.
package struct MigrationStep: Equatable, Sendable {
  /// The number.
  package let version: Int
  /// The file, unless it is gone.
  package let file: MigrationFile?
  /// The record, once it is applied.
  package let record: MigrationRecord?
  /// How they fit.
  package let state: MigrationState

  /// `NNN_name.sql`.
  package var fileName: String { file?.fileName ?? record?.fileName ?? "" }
}

/// How one version stands.
package enum MigrationState: Equatable, Sendable {
  /// Recorded, and the file is the one that was applied.
  case applied
  /// Not run yet.
  case pending
  /// A file without transaction that stopped half way; these indexes of it are already there.
  case interrupted([IndexState])
  /// Recorded, but the file's bytes are others now.
  case changed
  /// Recorded under another name.
  case renamed
  /// Recorded, but there is no file.
  case missingFile
  /// Not recorded, although a later one is.
  case outOfOrder

  /// Whether it is still to be run.
  package var isPending: Bool {
    switch self {
    case .pending, .interrupted: true
    case .applied, .changed, .renamed, .missingFile, .outOfOrder: false
    }
  }

  /// A stable word for it.
  package var word: String {
    switch self {
    case .applied: "applied"
    case .pending: "pending"
    case .interrupted: "interrupted"
    case .changed: "changed"
    case .renamed: "renamed"
    case .missingFile: "file missing"
    case .outOfOrder: "out of order"
    }
  }
}

/// An index that a file without transaction makes and that is already in the database.
package struct IndexState: Equatable, Sendable {
  /// The file that makes it.
  package let version: Int
  /// The index, schema-qualified.
  package let name: String
  /// False for the remains of a build that did not finish.
  package let isValid: Bool
  /// The process that is building it right now, if any.
  package let builder: Int?

  /// An index as found in the catalog.
  package init(version: Int, name: String, isValid: Bool, builder: Int? = nil) {
    self.version = version
    self.name = name
    self.isValid = isValid
    self.builder = builder
  }
}

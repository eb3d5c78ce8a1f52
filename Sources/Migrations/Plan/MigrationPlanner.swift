/// The work behind `MigrationPlan.init`.
struct MigrationPlanner {
  private let files: [Int: MigrationFile]
  private let records: [Int: MigrationRecord]
  private let indexes: [Int: [IndexState]]
  private let newestRecord: MigrationRecord?
  private(set) var problems: [MigrationProblem] = []

  init(files: [MigrationFile], history: MigrationHistory, indexes: [IndexState]) {
    self.files = Dictionary(files.map { ($0.version, $0) }) { first, _ in first }
    records = Dictionary(history.records.map { ($0.version, $0) }) { first, _ in first }
    self.indexes = Dictionary(grouping: indexes, by: \.version)
    newestRecord = history.records.max { $0.version < $1.version }
    if history == .records([]) { problems.append(.unrecordedSchema) }
  }

  mutating func makeSteps() -> [MigrationStep] {
    let versions = Set(files.keys).union(records.keys).sorted()
    let steps = versions.map { step($0) }
    noteRecordGaps()
    return steps
  }

  private mutating func step(_ version: Int) -> MigrationStep {
    let file = files[version]
    let record = records[version]
    let state: MigrationState =
      switch (file, record) {
      case (let file?, let record?): recorded(file, record)
      case (nil, let record?): missing(record)
      case (let file?, nil): unrecorded(file)
      case (nil, nil): preconditionFailure("version \(version) has neither file nor record")
      }
    return MigrationStep(version: version, file: file, record: record, state: state)
  }

  private mutating func recorded(
    _ file: MigrationFile,
    _ record: MigrationRecord
  ) -> MigrationState {
    if file.sha256 != record.sha256 {
      problems.append(
        .changedFile(
          file: file.fileName,
          recorded: record.sha256,
          found: file.sha256
        )
      )
      return .changed
    }
    if file.name != record.name {
      problems.append(
        .renamedFile(version: file.version, recorded: record.fileName, found: file.fileName)
      )
      return .renamed
    }
    return .applied
  }

  private mutating func missing(_ record: MigrationRecord) -> MigrationState {
    problems.append(.missingFile(version: record.version, name: record.fileName))
    return .missingFile
  }

  private mutating func unrecorded(_ file: MigrationFile) -> MigrationState {
    if let newestRecord, newestRecord.version > file.version {
      problems.append(.outOfOrder(file: file.fileName, newest: newestRecord.fileName))
      return .outOfOrder
    }
    if let found = indexes[file.version], !found.isEmpty { return .interrupted(found) }
    return .pending
  }

  /// A version below the newest record with neither file nor record: someone deleted a row.
  private mutating func noteRecordGaps() {
    guard let newest = newestRecord?.version, newest > 1 else { return }
    for version in 1..<newest where records[version] == nil && files[version] == nil {
      problems.append(.recordGap(missing: version, newest: newest))
    }
  }
}

import Testing

import Migrations

@Suite("What there is to do follows from files and records")
struct MigrationPlanTests {
  private let files: [MigrationFile]

  init() throws {
    files = try ["001_a.sql", "002_b.sql", "003_c.sql"].map { try sample($0) }
  }

  private func plan(_ records: [MigrationRecord]) -> MigrationPlan {
    MigrationPlan(files: files, history: .records(records))
  }

  @Test("Without a table everything is pending")
  func allPending() throws {
    let plan = MigrationPlan(files: files, history: .noTable)
    #expect(plan.steps.map(\.state) == [.pending, .pending, .pending])
    #expect(try plan.filesToRun(to: nil).map(\.version) == [1, 2, 3])
    #expect(try plan.filesToRun(to: 2).map(\.version) == [1, 2])
    #expect(plan.appliedVersion == 0)
  }

  @Test("What is recorded is not run again")
  func runsTheRest() throws {
    let plan = plan([record(files[0]), record(files[1])])
    #expect(plan.steps.map(\.state) == [.applied, .applied, .pending])
    #expect(try plan.filesToRun(to: nil).map(\.version) == [3])
    #expect(try plan.filesToRun(to: 2).isEmpty)
    #expect(plan.appliedVersion == 2)
  }

  @Test("A changed file is refused by name with both hashes")
  func refusesChangedFile() throws {
    let changed = try sample("002_b.sql", "select 2;\n")
    let plan = plan([record(files[0]), record(changed)])
    #expect(plan.steps[1].state == .changed)
    let problem = MigrationProblem.changedFile(
      file: "002_b.sql",
      recorded: changed.sha256,
      found: files[1].sha256
    )
    #expect(throws: MigrationError.refused([problem])) { try plan.filesToRun(to: nil) }
    let text = problem.description
    #expect(text.contains("002_b.sql") && text.contains(changed.sha256))
    #expect(text.contains(files[1].sha256) && text.contains("new migration"))
  }

  @Test("A renamed file is refused")
  func refusesRenamedFile() throws {
    let plan = plan([record(try sample("001_z.sql"))])
    #expect(
      plan.problems == [.renamedFile(version: 1, recorded: "001_z.sql", found: "001_a.sql")]
    )
  }

  @Test("A record without a file is refused")
  func refusesMissingFile() throws {
    let plan = plan(files.map(record) + [record(try sample("004_d.sql"))])
    #expect(plan.steps[3].state == .missingFile)
    #expect(plan.problems == [.missingFile(version: 4, name: "004_d.sql")])
  }

  @Test("A new file below the newest record is refused")
  func refusesOutOfOrder() {
    let plan = plan([record(files[0]), record(files[2])])
    #expect(plan.steps[1].state == .outOfOrder)
    #expect(plan.problems == [.outOfOrder(file: "002_b.sql", newest: "003_c.sql")])
  }

  @Test("A deleted record without a file is refused")
  func refusesRecordGap() throws {
    let plan = MigrationPlan(files: [files[0]], history: .records([record(files[2])]))
    #expect(plan.problems.contains(.recordGap(missing: 2, newest: 3)))
  }

  @Test("An empty table means that the files were run by hand")
  func refusesEmptyTable() {
    #expect(plan([]).problems == [.unrecordedSchema])
    #expect(MigrationPlan(files: files, history: .noTable).problems.isEmpty)
  }

  @Test("A target must exist and lie ahead")
  func refusesTarget() {
    let plan = plan([record(files[0]), record(files[1])])
    #expect(throws: MigrationError.refused([.unknownTarget(version: 4, newest: 3)])) {
      try plan.filesToRun(to: 4)
    }
    #expect(throws: MigrationError.refused([.unknownTarget(version: 0, newest: 3)])) {
      try plan.filesToRun(to: 0)
    }
    #expect(throws: MigrationError.refused([.targetBehind(version: 1, applied: 2)])) {
      try plan.filesToRun(to: 1)
    }
  }

  @Test("A file without transaction that left an index behind is interrupted, and still pending")
  func showsInterrupted() throws {
    let index = IndexState(version: 2, name: "public.i", isValid: false)
    let plan = MigrationPlan(
      files: files,
      history: .records([record(files[0])]),
      indexes: [index]
    )
    #expect(plan.steps[1].state == .interrupted([index]))
    #expect(try plan.filesToRun(to: nil).map(\.version) == [2, 3])
  }

  @Test("Each refusal says something of its own and what to do")
  func textsDiffer() {
    let problems: [MigrationProblem] = [
      .badFileName(file: "f"), .notUTF8(file: "f"), .wrongLineEndings(file: "f"),
      .emptyFile(file: "f"), .unknownDirective(file: "f", directive: "d"),
      .forbidden(file: "f", line: 1, what: "w"), .needsNoTransaction(file: "f", line: 1, what: "w"),
      .notRepeatable(file: "f", line: 1, what: "w"),
      .duplicateVersion(version: 1, first: "f", second: "g"), .gap(missing: 1, before: "f"),
      .changedFile(file: "f", recorded: "r", found: "s"),
      .renamedFile(version: 1, recorded: "r", found: "f"), .missingFile(version: 1, name: "f"),
      .outOfOrder(file: "f", newest: "g"), .recordGap(missing: 1, newest: 2), .unrecordedSchema,
      .unknownTarget(version: 3, newest: 2), .targetBehind(version: 1, applied: 2),
    ]
    #expect(Set(problems.map(\.description)).count == problems.count)
    #expect(Set(problems.map(\.code)).count == problems.count)
    #expect(problems.allSatisfy { $0.description.count > 20 })
  }
}

import ArgumentParser
import Migrations
import Postgres

extension MigrateOptions {
  /// Connects, does `work` with the files, prints its answer, and ends with its exit code.
  func run(
    _ command: String,
    _ work: (MigrationRunner) async throws -> any MigrationReport
  ) async throws {
    try await answer {
      let folder = try folder()
      return try await connected(command) { session in
        try await work(
          MigrationRunner(session: session, folder: folder, limits: limits, report: tell)
        )
      }
    }
  }

  /// Connects and does `work`, which needs no files.
  func connected(
    _ command: String,
    _ work: (MigrationSession) async throws -> any MigrationReport
  ) async throws -> any MigrationReport {
    try await MigrationSession.with(
      try database.configuration(),
      command: "higgs migrate \(command)",
      limits: limits,
      work
    )
  }

  /// Prints what `work` answers or why it failed, and ends with the exit code.
  func answer(_ work: () async throws -> any MigrationReport) async throws {
    let report: any MigrationReport
    do {
      report = try await work()
    } catch let error as MigrationError {
      report = FailureReport(error)
    } catch let error as PostgresError {
      report = FailureReport(error)
    }
    try show(report)
    throw ExitCode(report.exitCode.rawValue)
  }

  private func show(_ report: any MigrationReport) throws {
    if json {
      Console.say(try report.json)
    } else if report is FailureReport {
      Console.complain("Error: \(report.text)")
    } else {
      Console.say(report.text)
    }
  }

  /// Each migration's time is part of the answer; all else that happens goes to standard error.
  private func tell(_ event: MigrationEvent) {
    if case .finished = event, !json {
      Console.say(event.description)
    } else {
      Console.complain(event.description)
    }
  }
}

import FoundationEssentials

/// What a command answers: for people as text, for programs as JSON.
package protocol MigrationReport: Encodable, Sendable {
  /// The answer as lines for people, without a line break at the end.
  var text: String { get }
  /// What the program ends with.
  var exitCode: MigrationExitCode { get }
}

/// The exit codes of `higgs migrate`.
package enum MigrationExitCode: Int32, Sendable {
  /// Done, or nothing to do.
  case ok = 0
  /// Refused or failed; the text says why.
  case failed = 1
  /// The command line is wrong.
  case usage = 2
  /// Looked, and found migrations to run, or drift.
  case found = 3
  /// Waited as long as it was told to, in vain.
  case timedOut = 4
}

extension MigrationReport {
  /// The answer as one JSON object with snake_case keys.
  package var json: String {
    get throws { try Self.encode(self) }
  }

  private static func encode(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }
}

/// A failure as an answer.
package struct FailureReport: MigrationReport {
  private struct Failure: Encodable {
    let code: String
    let message: String
  }

  private let error: Failure
  private let problems: [ProblemReport]
  private let differences: [CatalogDifference]

  /// A failure with a stable code and a text that says what to do.
  package init(code: String, message: String) {
    error = Failure(code: code, message: message)
    problems = []
    differences = []
  }

  /// The failure of a command.
  package init(_ error: MigrationError) {
    self.error = Failure(code: error.code, message: error.description)
    if case .refused(let problems) = error {
      self.problems = problems.map(ProblemReport.init)
    } else {
      problems = []
    }
    if case .schemaDiffers(_, let differences, _) = error {
      self.differences = differences
    } else {
      differences = []
    }
  }

  /// The message alone.
  package var text: String { error.message }
  /// Always `failed`.
  package var exitCode: MigrationExitCode { .failed }
}

/// A refusal in a report.
package struct ProblemReport: Encodable, Equatable, Sendable {
  /// A stable name.
  package let code: String
  /// What is wrong and what to do.
  package let message: String

  /// The report of a problem.
  package init(_ problem: MigrationProblem) {
    code = problem.code
    message = problem.description
  }
}

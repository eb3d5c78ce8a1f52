import FoundationEssentials
import Store

/// The answer of `higgs ledger verify`.
struct LedgerReport: Encodable {
  private struct Check: Encodable {
    let of: String
    let name: String
    let isOk: Bool
    let examined: Int64
    let problem: String?
  }

  private let database: String
  private let isRecent: Bool
  private let isOk: Bool
  private let checks: [Check]

  init(
    database: String, isRecent: Bool, ledger: [IntegrityCheck], journal: [IntegrityCheck],
    signatures: [IntegrityCheck]
  ) {
    self.database = database
    self.isRecent = isRecent
    let families = [("ledger", ledger), ("journal", journal), ("signatures", signatures)]
    checks = families.flatMap { family, checks in
      checks.map {
        Check(
          of: family, name: $0.name, isOk: $0.isOK, examined: $0.examined, problem: $0.problem)
      }
    }
    isOk = checks.allSatisfy(\.isOk)
  }

  /// Whether all is well.
  var isOK: Bool { isOk }

  /// One JSON object with snake_case keys.
  var json: String {
    get throws {
      let encoder = JSONEncoder()
      encoder.keyEncodingStrategy = .convertToSnakeCase
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
  }

  /// A line a check, then the sum.
  var text: String {
    let lines = checks.map(Self.line)
    let failed = checks.count { !$0.isOk }
    let scope = isRecent ? " (recent rows and seals only)" : ""
    let sum =
      failed == 0
      ? "\(database): all \(checks.count) checks are in order\(scope)"
      : "\(database): \(failed) of \(checks.count) checks FAILED\(scope)"
    return (lines + [sum]).joined(separator: "\n")
  }

  private static func line(of check: Check) -> String {
    let word = check.isOk ? (check.problem == nil ? "ok  " : "note") : "FAIL"
    let line = "\(word)  \(check.of): \(check.name) (\(check.examined))"
    return check.problem.map { "\(line)\n      \($0)" } ?? line
  }
}

import FoundationEssentials

/// Everything that was looked at.
struct DoctorReport: Encodable {
  private static let nameColumns = 32

  private let severity: Finding.Severity
  private let version: String
  private let findings: [Finding]

  init(_ findings: [Finding]) {
    self.findings = findings
    severity = findings.map(\.severity).max() ?? .ok
    version = Higgs.configuration.version
  }

  /// 0 all is well, 1 warnings, 2 problems.
  var exitCode: Int32 { severity.rank }

  /// One JSON object with snake_case keys.
  var json: String {
    get throws {
      let encoder = JSONEncoder()
      encoder.keyEncodingStrategy = .convertToSnakeCase
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
  }

  /// A line for each, with what to do below; the sum last.
  var text: String {
    let count = { (severity: Finding.Severity) in
      findings.count { $0.severity == severity && $0.isLookedAt }
    }
    let unseen = findings.count { !$0.isLookedAt }
    let sum =
      "\(count(.problem)) problems, \(count(.warning)) warnings, \(count(.ok)) in order, "
      + "\(unseen) not looked at"
    return (findings.map(Self.lines) + [sum]).joined(separator: "\n")
  }

  private static func lines(of finding: Finding) -> String {
    let word = finding.isLookedAt ? finding.severity.rawValue : "-"
    let name = "\(finding.area) \(finding.name)"
    let line = padded(word, 9) + padded(name, nameColumns) + finding.found
    guard let why = finding.why, let command = finding.command else { return line }
    return "\(line)\n         why  \(why)\n         do   \(command)"
  }

  private static func padded(_ text: String, _ columns: Int) -> String {
    text + String(repeating: " ", count: max(1, columns - text.count))
  }
}

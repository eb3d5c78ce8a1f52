import FoundationEssentials

/// What was done, in order, with its time.
package struct SmokeReport: Encodable, Sendable {
  /// A step.
  package struct Step: Encodable, Sendable {
    /// One word.
    package var name: String
    /// Whether it went well.
    package var isOk: Bool
    /// How long it took.
    package var milliseconds: Int
    /// What there is to say.
    package var detail: String
  }

  /// What stopped it.
  package struct Failure: Encodable, Sendable {
    /// The step.
    package var step: String
    /// What should have come.
    package var expected: String
    /// What came.
    package var found: String
    /// Where to look.
    package var look: String
  }

  /// The server.
  package var url: String
  /// Whether all went well.
  package var isOk = false
  /// How long all of it took.
  package var milliseconds = 0
  /// How often a lost connection was made again.
  package var reconnections = 0
  /// The steps.
  package var steps: [Step] = []
  /// Why it stopped; nil where it did not.
  package var failure: Failure?

  /// One JSON object with snake_case keys.
  package var json: String {
    get throws {
      let encoder = JSONEncoder()
      encoder.keyEncodingStrategy = .convertToSnakeCase
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
  }
}

extension SmokeReport.Step {
  /// One line: a word, the step, its time, its detail.
  package var line: String {
    let time =
      String(repeating: " ", count: max(0, 6 - "\(milliseconds)".count)) + "\(milliseconds)"
    let name = name + String(repeating: " ", count: max(0, 8 - name.count))
    return "\(isOk ? "ok  " : "FAIL")  \(name)\(time) ms  \(detail)"
  }
}

extension SmokeReport {
  /// The last words.
  package var conclusion: String {
    guard let failure else {
      return "The server plays: \(steps.count) steps in \(milliseconds) ms"
        + (reconnections == 0 ? "." : ", over \(reconnections) lost connections.")
    }
    return """
      The step '\(failure.step)' failed.
        expected  \(failure.expected)
        found     \(failure.found)
        look at   \(failure.look)
      """
  }
}

import Foundation

/// The environment, read by descriptions only, so that no variable is read that nobody described.
struct Environment: Sendable {
  let values: [String: String]

  /// That of the process.
  static let process = Environment(values: ProcessInfo.processInfo.environment)

  private static let known = Set(Variable.all)

  init(values: [String: String]) {
    self.values = values
  }

  /// The names that are set.
  var names: [String] { values.keys.sorted() }

  /// What a variable is set to, or its usual text; nil where there is none. Empty is not set.
  func text(_ variable: Variable) -> String? { given(variable) ?? variable.usual }

  /// What a variable is set to; nil where it is not set.
  func given(_ variable: Variable) -> String? {
    precondition(Self.known.contains(variable), "\(variable.name) is not in Variable.all")
    return values[variable.name].flatMap { $0.isEmpty ? nil : $0 }
  }

  /// A number that has a usual one.
  func number(_ variable: Variable) throws(ConfigurationProblem) -> Int {
    guard let number = try optionalNumber(variable) else {
      preconditionFailure("\(variable.name) has no usual number")
    }
    return number
  }

  /// A number; nil where it is not set and has no usual one.
  func optionalNumber(_ variable: Variable) throws(ConfigurationProblem) -> Int? {
    guard case .number(let range) = variable.form else {
      preconditionFailure("\(variable.name) is no number")
    }
    guard let text = text(variable) else { return nil }
    guard let number = Int(text), range.contains(number) else {
      throw ConfigurationProblem(
        "\(variable.name) is \(text); it must be a number from \(range.lowerBound) to "
          + "\(range.upperBound).")
    }
    return number
  }

  func flag(_ variable: Variable) throws(ConfigurationProblem) -> Bool {
    precondition(variable.form == .flag, "\(variable.name) is no switch")
    let text = text(variable) ?? ""
    switch text.lowercased() {
    case "on", "true", "1", "yes": return true
    case "off", "false", "0", "no": return false
    default: throw ConfigurationProblem("\(variable.name) is \(text); it must be on or off.")
    }
  }

  /// One of the words, as the description writes it.
  func choice(_ variable: Variable) throws(ConfigurationProblem) -> String {
    guard case .choice(let words) = variable.form, let text = text(variable) else {
      preconditionFailure("\(variable.name) is no choice")
    }
    guard words.contains(text.lowercased()) else {
      throw ConfigurationProblem(
        "\(variable.name) is \(text); it may be \(words.joined(separator: ", ")).")
    }
    return text.lowercased()
  }
}

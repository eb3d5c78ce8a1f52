/// What was found where something was looked at.
struct Finding: Encodable, Sendable, Hashable {
  /// How bad it is; the raw value goes into the answer.
  enum Severity: String, Encodable, Sendable, Comparable {
    case ok, warning, problem

    static func < (left: Severity, right: Severity) -> Bool { left.rank < right.rank }

    /// What the program ends with.
    var rank: Int32 {
      switch self {
      case .ok: 0
      case .warning: 1
      case .problem: 2
      }
    }
  }

  /// Such as `database`.
  let area: String
  /// Such as `version`.
  let name: String
  let severity: Severity
  /// False where it could not be looked at; `found` says why.
  let isLookedAt: Bool
  /// What there is.
  let found: String
  /// Why it matters; nil where all is well.
  let why: String?
  /// What mends it; nil where all is well.
  let command: String?

  private init(
    _ area: String, _ name: String, _ severity: Severity, isLookedAt: Bool, _ found: String,
    why: String?, command: String?
  ) {
    (self.area, self.name, self.severity) = (area, name, severity)
    (self.isLookedAt, self.found, self.why, self.command) = (isLookedAt, found, why, command)
  }

  /// All is well.
  static func ok(_ area: String, _ name: String, _ found: String) -> Finding {
    Finding(area, name, .ok, isLookedAt: true, found, why: nil, command: nil)
  }

  /// Something to mend when there is time.
  static func warning(
    _ area: String, _ name: String, _ found: String, why: String, do command: String
  ) -> Finding {
    Finding(area, name, .warning, isLookedAt: true, found, why: why, command: command)
  }

  /// Something to mend now.
  static func problem(
    _ area: String, _ name: String, _ found: String, why: String, do command: String
  ) -> Finding {
    Finding(area, name, .problem, isLookedAt: true, found, why: why, command: command)
  }

  /// Nobody looked, for a reason that is no fault.
  static func skipped(_ area: String, _ name: String, _ reason: String) -> Finding {
    Finding(area, name, .ok, isLookedAt: false, reason, why: nil, command: nil)
  }

  /// A look that failed.
  static func failed(_ area: String, _ name: String, _ reason: String) -> Finding {
    Finding(
      area, name, .warning, isLookedAt: false, "could not be looked at: \(reason)",
      why: "What nobody looks at may be wrong for long.",
      command: "higgs doctor, again, or with the rights that are missing")
  }

  /// Bad where a number is above a limit.
  static func graded(
    _ area: String, _ name: String, _ found: String, warning: Bool, problem: Bool, why: String,
    do command: String
  ) -> Finding {
    if problem { return .problem(area, name, found, why: why, do: command) }
    if warning { return .warning(area, name, found, why: why, do: command) }
    return .ok(area, name, found)
  }
}

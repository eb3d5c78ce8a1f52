import ArgumentParser

/// A time as PostgreSQL writes it: a whole number with ms, s, min or h; without a unit it is ms.
package struct TimeLimit: ExpressibleByArgument, Equatable {
  /// The longest time that the server's settings can hold.
  private static let longestMilliseconds = Int(Int32.max)

  /// The time.
  package let milliseconds: Int

  /// So many milliseconds.
  package init(milliseconds: Int) {
    self.milliseconds = milliseconds
  }

  /// Reads a time; nil for anything else.
  package init?(argument: String) {
    let digits = argument.prefix { $0.isASCII && $0.isNumber }
    let units = ["": 1, "ms": 1, "s": 1_000, "min": 60_000, "h": 3_600_000]
    guard let number = Int(digits), let unit = units[String(argument.dropFirst(digits.count))]
    else { return nil }
    let (product, overflow) = number.multipliedReportingOverflow(by: unit)
    guard !overflow, product <= Self.longestMilliseconds else { return nil }
    milliseconds = product
  }

  /// The time with the largest unit that it is a whole number of.
  package var defaultValueDescription: String {
    for (name, unit) in [("h", 3_600_000), ("min", 60_000), ("s", 1_000)]
    where milliseconds % unit == 0 {
      return "\(milliseconds / unit)\(name)"
    }
    return "\(milliseconds)ms"
  }
}

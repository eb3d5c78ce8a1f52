/// When the nightly backup is due, and when it is tried again.
package enum Nightly {
  /// How often a night's backup is tried.
  package static let attemptsMax = 6
  private static let pauseSecondsMax = 1_800
  private static let secondsOfDay: Int64 = 86_400

  /// The first moment after `now` that is so many minutes after midnight UTC; seconds since 1970.
  package static func next(after now: Int64, minuteOfDay: Int) -> Int64 {
    let midnight = now - now % secondsOfDay
    let today = midnight + Int64(minuteOfDay) * 60
    return today > now ? today : today + secondsOfDay
  }

  /// How long to wait after so many failures; nil where the night is given up.
  package static func pauseSeconds(failures: Int, first: Int) -> Int? {
    guard failures < attemptsMax else { return nil }
    return min(first << min(failures - 1, 16), max(pauseSecondsMax, first))
  }

  /// Reads `03:30` as minutes after midnight; nil for anything else.
  package static func minuteOfDay(_ text: String) -> Int? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ $0.count == 2 && $0.allSatisfy(\.isNumber) }),
      let hour = Int(parts[0]), let minute = Int(parts[1]), hour < 24, minute < 60
    else { return nil }
    return hour * 60 + minute
  }
}

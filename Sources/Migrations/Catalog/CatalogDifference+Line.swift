extension CatalogDifference {
  /// The difference as one line: what, expected, found.
  package var line: String {
    let place = property.map { "\(object): \($0)" } ?? object
    guard let expected, let found, expected.isLong || found.isLong else {
      return "\(place): expected \(Self.show(expected)), found \(Self.show(found))"
    }
    let (number, wanted, present) = Self.firstDifferentLine(expected, found)
    let spot = number.map { " (line \($0))" } ?? ""
    let (left, right) = Self.window(wanted, present)
    return "\(place)\(spot): expected \(left), found \(right)"
  }

  /// Longest text of one side that is printed.
  fileprivate static let maximumLength = 160
  /// How much of what both sides share is printed before the first difference.
  private static let context = 40

  private static func show(_ value: String?) -> String {
    guard let value else { return "nothing" }
    let text = value.onOneLine
    return text.count > maximumLength ? text.prefix(maximumLength) + "…" : text
  }

  /// The first line on which two texts differ; no number if both are of one line.
  private static func firstDifferentLine(
    _ one: String,
    _ other: String
  ) -> (Int?, String, String) {
    let left = one.split(separator: "\n", omittingEmptySubsequences: false)
    let right = other.split(separator: "\n", omittingEmptySubsequences: false)
    guard left.count > 1 || right.count > 1 else { return (nil, one, other) }
    let same = zip(left, right).prefix { $0 == $1 }.count
    let line = { (lines: [Substring]) in same < lines.count ? String(lines[same]) : "its end" }
    return (same + 1, line(left), line(right))
  }

  /// Cuts two texts so that the place where they part is seen.
  private static func window(_ one: String, _ other: String) -> (String, String) {
    let same = zip(one, other).prefix { $0 == $1 }.count
    let start = same > context ? same - context : 0
    let cut = { (text: String) -> String in
      let part = text.dropFirst(start)
      return (start > 0 ? "…" : "") + part.prefix(maximumLength)
        + (part.count > maximumLength ? "…" : "")
    }
    return (cut(one), cut(other))
  }
}

extension String {
  fileprivate var isLong: Bool {
    count > CatalogDifference.maximumLength || contains("\n")
  }
}

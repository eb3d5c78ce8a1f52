/// Metrics in Prometheus' text format 0.0.4, as they are written down.
package struct Exposition: Sendable {
  /// What a metric is.
  package enum Kind: String, Sendable {
    case counter, gauge, histogram
  }

  private struct Family {
    var kind: Kind
    var lines: [String] = []
  }

  private var families: [String: Family] = [:]
  private let help: [String: String]

  /// Nothing yet; `help` explains metrics by their names.
  package init(help: [String: String] = [:]) {
    self.help = help
  }

  /// Adds a value. `labels` come from `labels(_:)`.
  package mutating func add(
    _ name: String, _ kind: Kind, labels: String = "", _ value: Double
  ) {
    families[name, default: Family(kind: kind)].lines.append(
      "\(name)\(Self.braced(labels)) \(Self.number(value))")
  }

  mutating func addHistogram(
    _ name: String, labels: String, bounds: [Double], buckets: [UInt64], sum: Double, count: UInt64
  ) {
    var lines: [String] = []
    var below: UInt64 = 0
    let prefix = labels.isEmpty ? "" : labels + ","
    for (bound, bucket) in zip(bounds, buckets) {
      below += bucket
      lines.append("\(name)_bucket{\(prefix)le=\"\(Self.number(bound))\"} \(below)")
    }
    lines.append("\(name)_bucket{\(prefix)le=\"+Inf\"} \(count)")
    lines.append("\(name)_sum\(Self.braced(labels)) \(Self.number(sum))")
    lines.append("\(name)_count\(Self.braced(labels)) \(count)")
    families[name, default: Family(kind: .histogram)].lines += lines
  }

  /// The whole text, sorted, so that two readings can be compared.
  package var text: String {
    families.sorted { $0.key < $1.key }.map { name, family in
      let help = help[name].map { "# HELP \(name) \(Self.escaped($0, quotes: false))\n" } ?? ""
      let lines = family.kind == .histogram ? family.lines : family.lines.sorted()
      return help + "# TYPE \(name) \(family.kind.rawValue)\n"
        + lines.joined(separator: "\n") + "\n"
    }.joined()
  }

  /// A metric's name with our prefix: letters, digits and underscores.
  package static func name(_ label: String, suffix: String = "") -> String {
    var name = label.hasPrefix("higgs") ? "" : "higgs_"
    for scalar in label.unicodeScalars {
      let isNameScalar = scalar.isASCII && (scalar.properties.isAlphabetic || scalar.isDigit)
      name.unicodeScalars.append(isNameScalar ? scalar : "_")
    }
    return name.hasSuffix(suffix) ? name : name + suffix
  }

  /// Labels as they stand between braces.
  package static func labels(_ dimensions: [(String, String)]) -> String {
    dimensions.map { "\(name($0.0).dropFirst(6))=\"\(escaped($0.1, quotes: true))\"" }
      .joined(separator: ",")
  }

  private static func braced(_ labels: String) -> String { labels.isEmpty ? "" : "{\(labels)}" }

  private static func number(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : String(value)
  }

  private static func escaped(_ text: String, quotes: Bool) -> String {
    var result = ""
    for character in text {
      switch character {
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\"" where quotes: result += "\\\""
      default: result.append(character)
      }
    }
    return result
  }
}

extension Unicode.Scalar {
  fileprivate var isDigit: Bool { ("0"..."9").contains(self) }
}

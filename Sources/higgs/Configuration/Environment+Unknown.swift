extension Environment {
  /// Prefixes that are ours.
  private static let prefixes = ["HIGGS_", "FEATURES_"]
  /// What scripts and tests read rather than the program.
  private static let foreignPrefixes = ["HIGGS_RUN_", "HIGGS_TEST_", "HIGGS_POSTGRES_MAJOR"]
  /// So many slips of the pen are still taken for a known name.
  private static let slipsMax = 6

  /// What is set, looks like ours, and is read by nobody: a line for each, with the nearest name.
  var warnings: [String] {
    names.filter(isUnknown).map { name in
      let nearest = Variable.all.map { (slips: Self.slips(name, $0.name), name: $0.name) }
        .min { $0.slips < $1.slips }
      guard let nearest, nearest.slips <= Self.slipsMax else {
        return "\(name) is set, and nothing reads it; docs/configuration.md has every name"
      }
      return "\(name) is set, and nothing reads it; did you mean \(nearest.name)?"
    }
  }

  private func isUnknown(_ name: String) -> Bool {
    Self.prefixes.contains { name.hasPrefix($0) }
      && !Self.foreignPrefixes.contains { name.hasPrefix($0) }
      && !Variable.all.contains { $0.name == name } && !isServiceLink(name)
  }

  /// Kubernetes tells of every Service so: `HIGGS_DOMINO_SERVICE_HOST`, `HIGGS_DOMINO_PORT_80_TCP`,
  /// and `HIGGS_DOMINO_PORT` with an address in it.
  private func isServiceLink(_ name: String) -> Bool {
    name.contains("_SERVICE_HOST") || name.contains("_SERVICE_PORT")
      || name.contains(/_PORT_[0-9]+_(TCP|UDP|SCTP)/)
      || name.hasSuffix("_PORT") && values[name]?.contains("://") == true
  }

  /// How many letters must be put in, taken out or changed (Levenshtein 1966).
  private static func slips(_ one: String, _ other: String) -> Int {
    let other = Array(other.utf8)
    var row = Array(0...other.count)
    for (index, letter) in one.utf8.enumerated() {
      var diagonal = row[0]
      row[0] = index + 1
      for column in other.indices {
        let changed = diagonal + (letter == other[column] ? 0 : 1)
        diagonal = row[column + 1]
        row[column + 1] = min(changed, diagonal + 1, row[column] + 1)
      }
    }
    return row[other.count]
  }
}

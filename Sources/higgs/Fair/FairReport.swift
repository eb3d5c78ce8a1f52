import Core
import Domino
import Fairness

/// The verdict on a deal, for people.
struct FairReport {
  private static let nameColumns = 20

  private let evidence: DealEvidence
  private let problems: [String]

  init(_ evidence: DealEvidence) {
    self.evidence = evidence
    problems = evidence.problems()
  }

  /// Whether nothing is wrong.
  var isFair: Bool { problems.isEmpty }

  /// The record, each seat's tiles, and the verdict last.
  var text: String {
    ([evidence.title, ""] + record + [""] + tiles + [""] + verdict).joined(separator: "\n")
  }

  private var record: [String] {
    let record = evidence.record
    return [
      "  scheme        \(record.scheme)",
      "  promised      \(record.commit)",
      "  server seed   \(record.serverSeed)",
      "  client seeds  \(record.clientSeeds.joined(separator: ", "))",
      "  hand number   \(record.nonce)",
    ]
  }

  private var tiles: [String] {
    let (hands, boneyard) = evidence.dealt
    let lines = zip(evidence.seats, hands).enumerated().map { place, dealt in
      let seat = dealt.0.number.map { "seat \($0)" } ?? "\(place + 1)."
      let name = [seat, dealt.0.name].compactMap(\.self).joined(separator: "  ")
      return "  \(name.padded(to: Self.nameColumns))\(Self.text(dealt.1))"
    }
    guard !boneyard.isEmpty else { return lines }
    return lines + ["  \("boneyard".padded(to: Self.nameColumns))\(Self.text(boneyard))"]
  }

  private static func text(_ tiles: [Tile]) -> String {
    tiles.map(\.description).joined(separator: " ")
  }

  private var verdict: [String] {
    guard isFair else {
      return problems.map { "  \($0)" } + ["", "NOT FAIR: this is not the deal that was promised."]
    }
    return [
      """
      FAIR: the seed is the one that was promised before the client seeds were known,
            and the deck follows from them to the last tile.
      """
    ] + Self.played(evidence.placements?.count ?? 0)
  }
}

extension FairReport {
  fileprivate static func played(_ count: Int) -> [String] {
    switch count {
    case 0: []
    case 1: ["      The one tile on the table was placed by the seat that it was dealt to."]
    default:
      ["      The \(count) tiles on the table were placed by the seats that they were dealt to."]
    }
  }
}

extension String {
  fileprivate func padded(to columns: Int) -> String {
    self + String(repeating: " ", count: max(2, columns - count))
  }
}

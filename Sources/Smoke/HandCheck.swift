import Domino
import Fairness

/// Holds what the end of a hand says against its beginning and against itself.
package struct HandCheck {
  let hand: PlayedHand
  /// Our own.
  let seat: Int

  /// A look at a hand from our seat.
  package init(hand: PlayedHand, seat: Int) {
    self.hand = hand
    self.seat = seat
  }

  /// What is wrong with the chips; empty where every one of them is accounted for.
  package func chipProblems() -> [String] {
    guard let ended = hand.ended else { return ["the hand has no end"] }
    var problems: [String] = []
    let (nets, rake) = ended.net.reduce(into: (Int64(0), Int64(0))) { sums, entry in
      sums.0 += entry.net ?? 0
      sums.1 += entry.rake ?? 0
    }
    if nets + rake != 0 {
      problems.append("the seats' results add up to \(nets), and the rake is \(rake)")
    }
    for entry in ended.net { problems += self.problems(of: entry, ended.payments) }
    if !ended.net.contains(where: { $0.seat == seat }) {
      problems.append("our seat \(seat) has no result")
    }
    return problems
  }

  private func problems(
    of entry: TableMessage.Entry, _ payments: [TableMessage.Payment]
  ) -> [String] {
    let net = entry.net ?? 0
    let paid = payments.reduce(Int64(0)) { sum, payment in
      sum + (payment.to == entry.seat ? payment.amount : 0)
        - (payment.from == entry.seat ? payment.amount : 0)
    }
    var problems: [String] = []
    if paid != net {
      problems.append(
        "seat \(entry.seat) has the result \(net), and its payments add up to \(paid)")
    }
    if let before = hand.dealt.first(where: { $0.seat == entry.seat })?.stack,
      let after = entry.stack, before + net != after
    {
      problems.append(
        "seat \(entry.seat) had \(before), won \(net) and has \(after)")
    }
    return problems
  }

  /// What is wrong with the deal; empty where it was the promised one.
  package func dealProblems() -> [String] {
    guard let record = hand.record else { return ["the seed was not revealed"] }
    var problems: [String] = []
    if case .unfair(let found) = record.verify() { problems += found.map(\.description) }
    if record.commit != hand.commit {
      problems.append("\(hand.commit) was promised before the hand, and \(record.commit) after it")
    }
    if record.nonce != UInt64(hand.number) {
      problems.append("the record is of hand \(record.nonce), and this is hand \(hand.number)")
    }
    let seeds = hand.dealt.map(\.clientSeed)
    if !seeds.isEmpty, record.clientSeeds != seeds {
      problems.append("the seats' seeds were \(seeds), and the record has \(record.clientSeeds)")
    }
    return problems + tileProblems(record)
  }

  /// Whether the tiles that were seen are where the deck put them.
  private func tileProblems(_ record: DealRecord) -> [String] {
    var problems: [String] = []
    for (place, dealt) in hand.dealt.enumerated() {
      let block = record.deck.dropFirst(place * GapleRules.tilesEach).prefix(GapleRules.tilesEach)
      let tiles = Set(block.compactMap { Tile(id: $0) })
      if dealt.seat == seat, Set(hand.tiles) != tiles {
        problems.append(
          "we held \(Self.text(hand.tiles)), and the deck gives us \(Self.text(Array(tiles)))")
      }
      for placement in hand.placements where placement.seat == dealt.seat {
        guard !tiles.contains(placement.tile) else { continue }
        problems.append(
          "seat \(dealt.seat) placed \(placement.tile), which the deck did not give it")
      }
    }
    return problems
  }

  static func text(_ tiles: [Tile]) -> String {
    tiles.sorted().map(\.description).joined(separator: " ")
  }
}

import Testing

import Bots

private var isOptimized: Bool {
  #if DEBUG
    false
  #else
    true
  #endif
}

@Suite("The strength of the bots", .enabled(if: isOptimized, "a debug build takes minutes"))
struct StrengthTests {
  @Test("the thinker wins at least 38 % of hands against three random players")
  func thinker() throws {
    let share = try Arena.wins(.thinker, against: .random, hands: 4000, seed: 2024)
    print("thinker against three random players: \(share)")
    #expect(share >= 0.38)
  }

  @Test("random play wins a quarter, and the heaviest tile first a little more")
  func baselines() throws {
    let random = try Arena.wins(.random, against: .random, hands: 8000, seed: 7)
    let heaviest = try Arena.wins(.heaviest, against: .random, hands: 8000, seed: 7)
    print("random \(random), heaviest \(heaviest) against three random players")
    #expect(abs(random - 0.25) < 0.02)
    #expect(abs(heaviest - 0.263) < 0.02)
  }

  @Test("the thinker wins at least 38 % against three that play the heaviest tile, too")
  func againstHeaviest() throws {
    let share = try Arena.wins(.thinker, against: .heaviest, hands: 1200, seed: 11)
    print("thinker against three that play the heaviest tile: \(share)")
    #expect(share >= 0.38)
  }
}

import Core
import Testing

import Domino

private struct Traces: Decodable {
  let games: [Game]

  struct Game: Decodable {
    let lcg_seed: Int
    let hands: [[String]]
    let starter: UInt8
    let trace: [String]
    let end: String
    let winner: UInt8
    let multiplier: Int
    let ends: [UInt8]
    let pips_left: [Int]
    let tiles_left: [Int]
    let pass_payments_in_base_bets: [Int]
    let final_payments_in_base_bets: [Int]
  }
}

@Suite("Golden hands of Gaple")
struct GapleTraceTests {
  @Test("are played, ended and paid as recorded")
  func traces() throws {
    let games = try vector("gaple_traces", as: Traces.self).games
    #expect(games.count >= 4)
    for game in games { try check(game) }
  }

  private func check(_ game: Traces.Game) throws {
    let deck = try deck(game.hands.map { $0.joined(separator: " ") })
    let start = try LineHand.deal(.plain(.gaple(GapleRules()), seats: 4), deck: deck).hand
    #expect(start.turn?.number == game.starter)
    let hand = try start.playingOn()
    let made = hand.history.compactMap(\.move).map { "\($0.seat) \($0.move)" }
    #expect(made == game.trace, "seed \(game.lcg_seed)")
    let result = try #require(hand.result)
    #expect(result.reason == (game.end == "out" ? .out : .blocked))
    #expect(result.winner.number == game.winner)
    #expect(result.multiplier == game.multiplier)
    #expect([hand.line.ends?.left, hand.line.ends?.right] == game.ends.map(Optional.some))
    #expect(result.left.map(\.pips) == game.pips_left)
    #expect(result.left.map(\.tiles.count) == game.tiles_left)
    #expect(net(result, .pass) == game.pass_payments_in_base_bets)
    #expect(net(result, .hand) == game.final_payments_in_base_bets)
  }

  private func net(_ result: LineResult, _ reason: Payment.Reason) -> [Int] {
    var bets = [0, 0, 0, 0]
    for payment in result.settlement.payments where payment.reason == reason {
      bets[Int(payment.from.number)] -= Int(payment.amount.rawValue) / 10
      if let to = payment.to { bets[Int(to.number)] += Int(payment.amount.rawValue) / 10 }
    }
    return bets
  }
}

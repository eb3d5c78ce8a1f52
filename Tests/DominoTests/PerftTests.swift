import Testing

import Domino

private struct Deals: Decodable {
  let deals: [Deal]

  struct Deal: Decodable {
    let players: Int
    let hands: [[String]]
    let boneyard: [String]?
    let boneyard_draw_order: [String]?
    let nodes: [String: Int]?
    let nodes_autopass: [String: Int]?
    let nodes_passply: [String: Int]?
  }
}

@Suite("Counted positions")
struct PerftTests {
  @Test("of Block are those of the golden figures, passes free and passes counted")
  func block() throws {
    for deal in try vector("perft_block", as: Deals.self).deals {
      let start = try hand(deal) { .block($0) }
      for (depth, nodes) in try counts(#require(deal.nodes_autopass)) {
        #expect(try paths(start, depth: depth, passCost: 0) == nodes, "depth \(depth)")
      }
      for (depth, nodes) in try counts(#require(deal.nodes_passply)) {
        #expect(try paths(start, depth: depth, passCost: 1) == nodes, "depth \(depth)")
      }
    }
  }

  @Test("of Draw are those of the golden figures")
  func draw() throws {
    for deal in try vector("perft_draw", as: Deals.self).deals {
      let start = try hand(deal) { .draw($0) }
      for (depth, nodes) in try counts(#require(deal.nodes)) {
        #expect(try paths(start, depth: depth, passCost: 0) == nodes, "depth \(depth)")
      }
    }
  }

  private func counts(_ nodes: [String: Int]) -> [(Int, Int)] {
    nodes.compactMap { key, value in Int(key).map { ($0, value) } }.sorted { $0.0 < $1.0 }
  }

  private func hand(
    _ deal: Deals.Deal,
    _ rules: (ScoreRules) -> LineRules
  ) throws -> LineHand {
    var options = ScoreRules()
    options.tilesEach = 7
    let boneyard = deal.boneyard ?? deal.boneyard_draw_order ?? []
    let deck = try deck(
      deal.hands.map { $0.joined(separator: " ") },
      boneyard: boneyard.joined(separator: " ")
    )
    let setup = HandSetup.plain(rules(options), seats: deal.players, opening: .seat(0))
    return try LineHand.deal(setup, deck: deck).hand
  }

  private func paths(_ hand: LineHand, depth: Int, passCost: Int) throws -> Int {
    guard depth > 0, let turn = hand.turn else { return 1 }
    return try hand.legalMoves(for: turn).reduce(0) { sum, move in
      let step = try hand.after(move, by: turn)
      let passes = step.moves.count { $0.move == .pass }
      return try sum
        + paths(step.hand, depth: depth - 1 - passes * passCost, passCost: passCost)
    }
  }
}

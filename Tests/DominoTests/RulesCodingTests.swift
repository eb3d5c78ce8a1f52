import Foundation
import Testing

import Domino

@Suite("Stored options")
struct RulesCodingTests {
  private func read(_ json: String) throws -> LineRules {
    try JSONDecoder().decode(LineRules.self, from: Data(json.utf8))
  }

  @Test("that are left out are canonical")
  func defaults() throws {
    #expect(try read(#"{"game": "gaple"}"#) == .gaple(GapleRules()))
    #expect(try read(#"{"game": "draw", "options": {}}"#) == .draw(ScoreRules()))
    var options = GapleRules()
    options.payment = .pips
    options.rake = Rake(basisPoints: 250, cap: 1000)
    let json = """
      {"game": "gaple", "options": {"payment": "pips", "rake": {"basisPoints": 250, "cap": 1000}}}
      """
    #expect(try read(json) == .gaple(options))
  }

  @Test("come back from JSON as they were, with everything else that a hand freezes")
  func roundTrip() throws {
    var random = TestRandom(seed: 5)
    for _ in 0..<200 {
      let setup = RandomHand.setup(using: &random)
      let data = try JSONEncoder().encode(setup)
      #expect(try JSONDecoder().decode(HandSetup<LineRules>.self, from: data) == setup)
    }
  }

  @Test(
    "with a wrong name or value are refused, and the message names it",
    arguments: [
      (#"{"game": "gaple", "options": {"pasPayment": "none"}}"#, "pasPayment"),
      (#"{"game": "gaple", "options": {"payment": "gold"}}"#, "gold"),
      (#"{"game": "poker"}"#, "poker"),
      (#"{"game": "block", "options": {"target": 1}}"#, "target"),
      (#"{"game": "block", "rules": {}}"#, "rules"),
    ]
  )
  func refused(json: String, named: String) {
    let error = #expect(throws: DecodingError.self) { try read(json) }
    #expect("\(String(describing: error))".contains(named))
  }

  @Test("a hand frozen by hand in JSON starts, unless its seats are out of order")
  func written() throws {
    func read(_ seats: String) throws -> HandSetup<LineRules> {
      let json = """
        {"rulesVersion": 1, "rules": {"game": "gaple"}, "baseBet": 5, "opening": 2, "seats": \(seats)}
        """
      return try JSONDecoder().decode(HandSetup<LineRules>.self, from: Data(json.utf8))
    }
    let deck = Array(TileSet.all)
    let setup = try read(#"[{"seat": 0, "stack": 9}, {"seat": 2, "stack": 7}]"#)
    #expect(setup.seats.map(\.score) == [0, 0])
    #expect(try LineHand.deal(setup, deck: deck).hand.deciding == SeatSet([2]))
    let turned = try read(#"[{"seat": 2, "stack": 9}, {"seat": 0, "stack": 7}]"#)
    #expect(throws: SetupError.seatsOutOfOrder) { try LineHand.deal(turned, deck: deck) }
  }

  @Test("tiles and seats that do not exist are refused")
  func badValues() {
    func decode<Value: Decodable>(_ type: Value.Type, _ json: String) throws -> Value {
      try JSONDecoder().decode(type, from: Data(json.utf8))
    }
    #expect(throws: DecodingError.self) { try decode([Tile].self, #"["7-7"]"#) }
    #expect(throws: DecodingError.self) { try decode([Seat].self, "[8]") }
    #expect(throws: DecodingError.self) { try decode([Opening].self, #"["lowest"]"#) }
  }
}

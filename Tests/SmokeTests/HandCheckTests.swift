import Smoke
import Testing

@Suite("What smoke holds a hand against")
struct HandCheckTests {
  private func problems(of hand: AHand) throws -> (chips: [String], deal: [String]) {
    var view = TableView(seat: 0)
    for message in hand.messages { try view.take(message) }
    let played = try #require(view.ended.first)
    let check = HandCheck(hand: played, seat: 0)
    return (check.chipProblems(), check.dealProblems())
  }

  @Test("an honest hand has no problem")
  func honest() throws {
    let found = try problems(of: AHand())
    #expect(found.chips == [])
    #expect(found.deal == [])
  }

  private static let lies: [(String, String, String)] = [
    (#""net":97"#, #""net":98"#, "add up to"),
    (#""stack":1900"#, #""stack":1901"#, "had 2000, won -100 and has 1901"),
    (#""rake":3,"#, #""rake":2,"#, "the rake is 2"),
    (#""amount":100"#, #""amount":99"#, "its payments add up to"),
    (#"{"seat":0,"net":-100"#, #"{"seat":2,"net":-100"#, "our seat 0 has no result"),
  ]

  @Test("chips that do not add up are named", arguments: lies)
  func chips(words: String, others: String, says: String) throws {
    let found = try problems(of: AHand().changing(words, to: others)).chips
    #expect(found.contains { $0.contains(says) }, "\(found)")
  }

  private static let unfair: [(String, String, String)] = [
    (#""client_seeds":["left""#, #""client_seeds":["Left""#, "deck"),
    (#""client_seed":"left""#, #""client_seed":"other""#, "the seats' seeds were"),
    (#""nonce":3"#, #""nonce":4"#, "the record is of hand 4"),
  ]

  @Test("a deal that was not the promised one is named", arguments: unfair)
  func deal(words: String, others: String, says: String) throws {
    let found = try problems(of: AHand().changing(words, to: others)).deal
    #expect(found.contains { $0.contains(says) }, "\(found)")
  }

  @Test("a promise that was changed, and tiles of another seat, are named")
  func promise() throws {
    let hand = try AHand()
    var changed = hand
    changed.messages[1] = changed.messages[1].replacing(
      hand.record.commit, with: String(repeating: "0", count: 64))
    #expect(try problems(of: changed).deal.contains { $0.contains("was promised before") })
    changed = hand
    changed.messages[2] = changed.messages[2].replacing(
      AHand.tile(hand.record, 7), with: AHand.tile(hand.record, 20))
    #expect(try problems(of: changed).deal.contains { $0.contains("did not give it") })
    changed = hand
    changed.messages[1] = changed.messages[1].replacing(
      AHand.tile(hand.record, 0) + ",", with: AHand.tile(hand.record, 20) + ",")
    #expect(try problems(of: changed).deal.contains { $0.contains("the deck gives us") })
  }

  @Test("a gap in the room's numbers is a failure")
  func gap() throws {
    var view = TableView(seat: 0)
    let messages = try AHand().messages
    try view.take(messages[0])
    try view.take(messages[1])
    let failure = #expect(throws: SmokeFailure.self) { try view.take(messages[3]) }
    #expect(failure?.expected == "event 102 of the room")
  }

  @Test("a move that was shown and is gone after a restart is a failure")
  func lostMove() throws {
    let hand = try AHand()
    let snapshot = { (moves: String) in
      """
      {"type":"snapshot","room":1,"seq":4294967400,"state":{"you":{"seat":0},"hand":{"id":"h",
       "number":3,"commit":"\(hand.record.commit)","moves":[\(moves)],"your_tiles":[],"turn":null}}}
      """
    }
    var view = TableView(seat: 0)
    for message in hand.messages.prefix(3) { try view.take(message) }
    var lucky = view
    let tile = AHand.tile(hand.record, 7)
    try lucky.take(snapshot(#"{"move":1,"seat":1,"kind":"place","tile":\#(tile),"end":"left"}"#))
    #expect(throws: SmokeFailure.self) { try view.take(snapshot("")) }
  }

  @Test("a hand that ended while nobody listened is taken from the snapshot")
  func endedAway() throws {
    let hand = try AHand()
    var view = TableView(seat: 0)
    for message in hand.messages.prefix(3) { try view.take(message) }
    let result = hand.messages[3].replacing(#""type":"hand.ended","room":1,"seq":103,"#, with: "")
    try view.take(
      #"{"type":"snapshot","room":1,"seq":4294967400,"state":{"you":{"seat":0},"hand":null,"#
        + #""last_result":\#(result)}}"#)
    let played = try #require(view.ended.first)
    #expect(HandCheck(hand: played, seat: 0).dealProblems() == [])
    #expect(HandCheck(hand: played, seat: 0).chipProblems() == [])
  }

  @Test("what is no message is a failure with what came")
  func noMessage() {
    var view = TableView(seat: 0)
    let failure = #expect(throws: SmokeFailure.self) { try view.take("[1, 2") }
    #expect(failure?.found.contains("[1, 2") == true)
  }
}

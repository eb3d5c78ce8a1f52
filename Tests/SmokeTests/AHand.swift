import Fairness

/// A hand of two seats as a server would tell it, of which tests change a word.
struct AHand {
  static let clients = ["left", "right"]

  let record: DealRecord
  /// What the server says, in order.
  var messages: [String]

  init() throws {
    guard let server = ServerSeed(bytes: (1...32).map { UInt8($0) }) else { throw NoSeed() }
    let record = DealRecord(
      server: server, clients: try Self.clients.map { try ClientSeed($0) }, nonce: 3)
    self.record = record
    messages = [
      #"{"type":"snapshot","room":1,"seq":100,"state":{"you":{"seat":0},"hand":null}}"#,
      """
      {"type":"hand.started","room":1,"seq":101,"hand":"h","number":3,"commit":"\(record.commit)",
       "seats":[{"seat":0,"stack":2000,"client_seed":"left"},
        {"seat":1,"stack":2000,"client_seed":"right"}],
       "your_tiles":\(Self.tiles(record, 0)),
       "turn":{"hand":"h","move":1,"seat":0,"legal":[{"tile":"0-1","ends":["left"]}]}}
      """,
      #"{"type":"tile.placed","room":1,"seq":102,"move":1,"seat":1,"tile":\#(Self.tile(record, 7)),"#
        + #""end":"left","by":"bot","turn":null}"#,
      """
      {"type":"hand.ended","room":1,"seq":103,"hand":"h","number":3,"winner":1,
       "payments":[{"from":0,"to":1,"amount":100},{"from":1,"to":null,"amount":3}],
       "net":[{"seat":0,"net":-100,"rake":0,"stack":1900},{"seat":1,"net":97,"rake":3,"stack":2097}],
       "reveal":{"scheme":"\(record.scheme)","commit":"\(record.commit)",
        "server_seed":"\(record.serverSeed)","client_seeds":["left","right"],"nonce":3,
        "deck":\(record.deck)}}
      """,
    ]
  }

  struct NoSeed: Error {}

  /// The same with some words changed.
  func changing(_ words: String, to others: String) -> AHand {
    var copy = self
    copy.messages = messages.map { $0.replacing(words, with: others) }
    return copy
  }

  /// A tile of the deck, as JSON.
  static func tile(_ record: DealRecord, _ place: Int) -> String {
    let names = (0...6).flatMap { low in (low...6).map { "\(low)-\($0)" } }
    return "\"\(names[Int(record.deck[place])])\""
  }

  private static func tiles(_ record: DealRecord, _ first: Int) -> String {
    "[" + (first..<(first + 7)).map { tile(record, $0) }.joined(separator: ",") + "]"
  }
}

import Core
import Domino
import Fairness
import FoundationEssentials

/// A message of the socket, as far as a player needs it (docs/api/websocket.md).
struct TableMessage: Decodable, Sendable {
  struct Entry: Decodable, Sendable {
    var seat: Int
    var stack: Int64?
    var clientSeed: String?
    var net: Int64?
    var rake: Int64?
    var player: Person?
  }

  struct Person: Decodable, Sendable {
    var id: String
    var isBot: Bool?
  }

  struct Turn: Decodable, Sendable {
    struct Choice: Decodable, Sendable {
      var tile: Tile
      var ends: [String]
    }

    var hand: String
    var move: Int
    var seat: Int
    var legal: [Choice]?
  }

  struct Payment: Decodable, Sendable {
    var from: Int
    var to: Int?
    var amount: Int64
  }

  struct Move: Decodable, Sendable {
    var move: Int
    var seat: Int?
    var tile: Tile?
    var end: String?
  }

  /// A hand within a snapshot.
  struct Hand: Decodable, Sendable {
    var id: String
    var number: Int
    var commit: String
    var moves: [Move]
    var yourTiles: [Tile]?
    var turn: Turn?
  }

  struct State: Decodable, Sendable {
    struct You: Decodable, Sendable { var seat: Int }

    var you: You?
    var hand: Hand?
    var lastResult: Ended?
  }

  /// The end of a hand, from `hand.ended` or from a snapshot.
  struct Ended: Decodable, Sendable {
    var hand: String
    var number: Int
    var winner: Int?
    var payments: [Payment]
    var net: [Entry]
  }

  var type: String
  var room: Int64?
  var seq: Int64?
  var ref: String?
  var code: String?
  var message: String?
  var reason: String?
  var hand: String?
  var number: Int?
  var commit: String?
  var seat: Int?
  var seats: [Entry]?
  var yourTiles: [Tile]?
  var turn: Turn?
  var move: Int?
  var tile: Tile?
  var end: String?
  var on: Bool?
  var cashedOut: Int64?
  var isLeaving: Bool?
  var winner: Int?
  var payments: [Payment]?
  var net: [Entry]?
  var state: State?

  private static let decoder = {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return decoder
  }()

  /// Reads a message.
  init(text: String) throws(SmokeFailure) {
    do {
      self = try Self.decoder.decode(TableMessage.self, from: Data(text.utf8))
    } catch {
      throw SmokeFailure(
        expected: "a message as docs/api/websocket.md has it",
        found: "\(text.prefix(200)) (\(error))", look: Look.socket)
    }
  }

  /// What `hand.ended` says.
  var ended: Ended? {
    guard type == "hand.ended", let hand, let number, let payments, let net else { return nil }
    return Ended(hand: hand, number: number, winner: winner, payments: payments, net: net)
  }

  /// Whether it is something that happened, which has a number of its own.
  var isEvent: Bool { seq != nil && type != "snapshot" && type != "done" }
}

/// The record of the deal in a message: its names are its own, whatever the message's are.
struct Revelation: Decodable {
  struct State: Decodable {
    struct Ended: Decodable { var reveal: DealRecord }

    var lastResult: Ended?

    private enum CodingKeys: String, CodingKey { case lastResult = "last_result" }
  }

  var reveal: DealRecord?
  var state: State?

  /// The record that a `hand.ended` or a snapshot holds.
  static func record(in text: String) -> DealRecord? {
    let found = try? JSONDecoder().decode(Revelation.self, from: Data(text.utf8))
    return found?.reveal ?? found?.state?.lastResult?.reveal
  }
}

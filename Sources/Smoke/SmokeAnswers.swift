import FoundationEssentials

/// Answers of the interface, as far as they matter here (docs/api/openapi.yaml).
enum SmokeAnswers {
  struct Config: Decodable {
    var version: String
    var protocolVersion: Int
    var features: [String: Bool]
  }

  struct Tokens: Decodable {
    struct Player: Decodable {
      var id: String
      var name: String
    }

    var player: Player
    var accessToken: String
  }

  struct Stake: Decodable {
    var id: String
    var game: String
    var currency: String
    var buyInMin: Int64
    var vipLevelMin: Int
  }

  struct Wallet: Decodable {
    var currency: String
    var balance: Int64
    var onTables: Int64
    var isFrozen: Bool
  }

  struct Seated: Decodable {
    var room: Int64
    var seat: Int?
    var session: String?
  }

  struct Opened: Decodable {
    var room: Int64
    var joinCode: String?
  }

  struct Brought: Decodable { var bots: Int }

  struct Payment: Decodable {
    var id: String
    var kind: String
    var amount: Int64
  }

  struct Hand: Decodable {
    var id: String
    var seat: Int
    var net: Int64
    var status: String
  }

  struct Move: Decodable {
    var move: Int
    var seat: Int
    var kind: String
    var tile: String?
  }

  struct Replay: Decodable { var moves: [Move] }

  struct Seat: Decodable { var room: Int64 }

  struct Me: Decodable { var seats: [Seat] }

  struct List<Item: Decodable>: Decodable { var items: [Item] }

  struct Problem: Decodable {
    var code: String?
    var detail: String?
    /// Of /health/ready: what is not as it should be.
    var problems: [String]?
  }

  static let decoder = {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return decoder
  }()
}

import Core
import FoundationEssentials
import Hummingbird
import Platform
import Postgres
import Store

/// Games, stakes and rooms.
struct LobbyHandlers {
  let lobby: Lobby
  let players: Players
  let presence: Presence

  private struct GameAnswer: Encodable {
    var id: String
    var name: String
    var seatsMin: Int16
    var seatsMax: Int16
    var rulesVersion: Int32
    var options: RawJSON
  }

  private struct StakeAnswer: Encodable {
    var id: String
    var game: String
    var name: String
    var currency: String
    var baseBet: Int64
    var buyInMin: Int64
    var buyInMax: Int64
    var seats: Int16
    var rake: RakeAnswer
    var vipLevelMin: Int16
    var tables: Int64
    var players: Int64
  }

  private struct StakesAnswer: Encodable {
    /// How many players are online, on all nodes.
    var online: Int
    var items: [StakeAnswer]
  }

  struct RakeAnswer: Encodable {
    var basisPoints: Int16
    var cap: Int64
  }

  /// GET /v1/games
  func games(_ request: Request, _ context: APIContext) async throws -> Response {
    let games = try await lobby.games().map {
      GameAnswer(
        id: $0.id, name: $0.name, seatsMin: $0.seatsMin, seatsMax: $0.seatsMax,
        rulesVersion: $0.rulesVersion, options: RawJSON($0.rules))
    }
    return try JSONAnswer.response(["items": games])
  }

  /// GET /v1/stakes?game=
  func stakes(_ request: Request, _ context: APIContext) async throws -> Response {
    let game = request.uri.queryParameters["game"].map(String.init)
    let stakes = try await lobby.stakes(game: game).map {
      StakeAnswer(
        id: $0.id, game: $0.game, name: $0.name, currency: $0.currency, baseBet: $0.baseBet,
        buyInMin: $0.buyInMin, buyInMax: $0.buyInMax, seats: $0.seats,
        rake: RakeAnswer(basisPoints: $0.rakeBasisPoints, cap: $0.rakeCap),
        vipLevelMin: $0.vipLevelMin, tables: $0.tables, players: $0.players)
    }
    return try JSONAnswer.response(StakesAnswer(online: presence.online, items: stakes))
  }

  /// GET /v1/rooms?game=&stake=&join_code=&cursor=&limit=
  func rooms(_ request: Request, _ context: APIContext) async throws -> Response {
    let page = try PageRequest(request)
    let query = request.uri.queryParameters
    let rooms = try await lobby.rooms(
      game: query["game"].map(String.init), stake: query["stake"].map(String.init),
      joinCode: query["join_code"].map { $0.uppercased() }, before: try page.cursor { Int64($0) },
      limit: page.limit + 1)
    return try JSONAnswer.response(
      Page(rooms.map(RoomAnswer.init), limit: page.limit) { String($0.id) })
  }

  /// GET /v1/rooms/{id}
  func room(_ request: Request, _ context: APIContext) async throws -> Response {
    let room = try await lobby.room(
      try RoomHandlers.roomID(context), seenBy: try context.player.player)
    return try JSONAnswer.response(RoomAnswer(room))
  }
}

/// A room as the lobby shows it.
struct RoomAnswer: Encodable {
  var id: Int64
  var name: String
  var game: String
  var stake: String?
  var visibility: String
  var currency: String
  var baseBet: Int64
  var buyInMin: Int64
  var buyInMax: Int64
  var seats: Int16
  var seatsTaken: Int64
  var bots: Int64
  var isPlaying: Bool
  var status: String
  var handsStarted: Int32

  init(_ room: ListedRoom) {
    id = room.id
    name = room.name
    game = room.game
    stake = room.stake
    visibility = room.visibility
    currency = room.currency
    baseBet = room.baseBet
    buyInMin = room.buyInMin
    buyInMax = room.buyInMax
    seats = room.seats
    seatsTaken = room.seatsTaken
    bots = room.bots
    isPlaying = room.isPlaying
    status = room.status
    handsStarted = room.handsStarted
  }
}

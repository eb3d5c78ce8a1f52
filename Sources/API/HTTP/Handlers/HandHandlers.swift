import Core
import Domino
import Fairness
import Hummingbird
import Platform
import Postgres
import Store

/// Hands that are over. A hand that still runs answers `hand_running`, whoever asks.
struct HandHandlers {
  let players: Players
  let lobby: Lobby

  private struct PlayedAnswer: Encodable {
    var id: String
    var room: Int64
    var roomName: String
    var number: Int32
    var game: String
    var status: String
    var currency: String
    var baseBet: Int64
    var seat: Int16
    var net: Int64
    var rake: Int64
    var startedAt: String
    var endedAt: String?
  }

  private struct ReplayAnswer: Encodable {
    var hand: HandAnswer
    var deal: DealRecord?
    var dealt: [DealtAnswer]?
    var moves: [MoveAnswer]
  }

  private struct DealtAnswer: Encodable {
    var seat: Int16
    var tiles: [Tile]
  }

  private struct MoveAnswer: Encodable {
    var move: Int32
    var seat: Int16
    var by: String
    var kind: String
    var tile: Tile?
    var end: String?
  }

  /// GET /v1/hands?cursor=
  func played(_ request: Request, _ context: APIContext) async throws -> Response {
    let page = try PageRequest(request)
    let hands = try await players.hands(
      of: try context.player.player, before: try page.cursor { ID<Hand>($0) },
      limit: page.limit + 1)
    let items = hands.map {
      PlayedAnswer(
        id: $0.id.description, room: $0.room, roomName: $0.roomName, number: $0.number,
        game: $0.game, status: $0.status, currency: $0.currency, baseBet: $0.baseBet,
        seat: $0.seat, net: $0.net, rake: $0.rake, startedAt: $0.started.text,
        endedAt: $0.ended?.text)
    }
    return try JSONAnswer.response(Page(items, limit: page.limit) { $0.id })
  }

  /// GET /v1/hands/{id}
  func hand(_ request: Request, _ context: APIContext) async throws -> Response {
    let (hand, seats) = try await lobby.finishedHand(try Self.handID(context))
    return try JSONAnswer.response(HandAnswer(hand, seats))
  }

  /// GET /v1/hands/{id}/replay
  func replay(_ request: Request, _ context: APIContext) async throws -> Response {
    let id = try Self.handID(context)
    let (hand, seats) = try await lobby.finishedHand(id)
    let deal = Self.deal(hand, seats)
    let moves = try await lobby.moves(of: id).map { move in
      Self.answer(move.number, move.seat, move.actor, move.move)
    }
    return try JSONAnswer.response(
      ReplayAnswer(
        hand: HandAnswer(hand, seats), deal: deal, dealt: Self.dealt(hand, seats, deal),
        moves: moves))
  }

  private static func handID(_ context: APIContext) throws -> ID<Hand> {
    guard let id = context.parameters.get("hand").flatMap({ ID<Hand>($0) }) else {
      throw Problem.notFound("hand")
    }
    return id
  }

  /// The record of the deal, where the seed was revealed.
  private static func deal(_ hand: FinishedHand, _ seats: [FinishedSeat]) -> DealRecord? {
    guard let bytes = hand.serverSeed, let seed = ServerSeed(bytes: bytes) else { return nil }
    let clients = seats.compactMap { try? ClientSeed($0.clientSeed) }
    guard clients.count == seats.count else { return nil }
    return DealRecord(server: seed, clients: clients, nonce: UInt64(hand.number))
  }

  /// What each seat was dealt; docs/formats.md has the order.
  private static func dealt(
    _ hand: FinishedHand, _ seats: [FinishedSeat], _ deal: DealRecord?
  ) -> [DealtAnswer]? {
    let gapleTilesEach = 7
    guard let deal, hand.game == "gaple" else { return nil }
    return seats.enumerated().map { place, seat in
      let block = deal.deck.dropFirst(place * gapleTilesEach).prefix(gapleTilesEach)
      return DealtAnswer(seat: seat.seat, tiles: block.compactMap { Tile(id: $0) }.sorted())
    }
  }

  private static func answer(
    _ number: Int32, _ seat: Int16, _ actor: String, _ bytes: [UInt8]
  ) -> MoveAnswer {
    var answer = MoveAnswer(move: number, seat: seat, by: actor, kind: "unknown")
    switch try? LineMove(bytes: bytes) {
    case .place(let tile, let end):
      answer.kind = "place"
      answer.tile = tile
      answer.end = end == .left ? "left" : "right"
    case .pass: answer.kind = "pass"
    case .draw: answer.kind = "draw"
    case nil: break
    }
    return answer
  }
}

/// A hand that is over, as answers show it.
struct HandAnswer: Encodable {
  struct SeatAnswer: Encodable {
    var seat: Int16
    var player: PersonAnswer
    var stack: Int64
    var clientSeed: String
    var net: Int64?
    var rake: Int64?
  }

  struct PersonAnswer: Encodable {
    var id: String
    var name: String
    var avatar: String
    var isBot: Bool
  }

  var id: String
  var room: Int64
  var number: Int32
  var game: String
  var rulesVersion: Int32
  var options: RawJSON
  var currency: String
  var baseBet: Int64
  var rakeTerms: LobbyHandlers.RakeAnswer
  var opener: Int16?
  var status: String
  var commit: String
  var startedAt: String
  var endedAt: String?
  var rake: Int64
  var seats: [SeatAnswer]
  var result: RawJSON?
  var voidReason: String?

  init(_ hand: FinishedHand, _ seats: [FinishedSeat]) {
    id = hand.id.description
    room = hand.room
    number = hand.number
    game = hand.game
    rulesVersion = hand.rulesVersion
    options = RawJSON(hand.options)
    currency = hand.currency
    baseBet = hand.baseBet
    rakeTerms = LobbyHandlers.RakeAnswer(basisPoints: hand.rakeBasisPoints, cap: hand.rakeCap)
    opener = hand.opener
    status = hand.status
    commit = Hexadecimal.text(hand.commit)
    startedAt = hand.started.text
    endedAt = hand.ended?.text
    rake = hand.rake
    self.seats = seats.map { seat in
      SeatAnswer(
        seat: seat.seat,
        player: PersonAnswer(
          id: seat.player.description, name: seat.name, avatar: seat.avatar, isBot: seat.isBot),
        stack: seat.stack, clientSeed: seat.clientSeed, net: seat.net, rake: seat.rake)
    }
    result = hand.result.map { RawJSON($0) }
    voidReason = hand.voidReason
  }
}

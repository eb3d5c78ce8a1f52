import Core
import Hummingbird
import Platform
import Postgres
import Store

/// What players know and change of themselves.
struct MeHandlers {
  let players: Players
  let lobby: Lobby

  private struct Me: Encodable {
    var player: PlayerAnswer
    var seats: [SeatAnswer]
  }

  private struct SeatAnswer: Encodable {
    var room: Int64
    var seat: Int16
    var session: String
  }

  private struct WalletAnswer: Encodable {
    var currency: String
    var balance: Int64
    var onTables: Int64
    var isFrozen: Bool
  }

  private struct PaymentAnswer: Encodable {
    var id: String
    var kind: String
    var amount: Int64
    var balanceAfter: Int64?
    var reference: ReferenceAnswer?
    var postedAt: String
  }

  private struct ReferenceAnswer: Encodable {
    var type: String
    var id: String?
  }

  /// GET /v1/me
  func profile(_ request: Request, _ context: APIContext) async throws -> Response {
    let player = try context.player.player
    let profile = try await players.profile(of: player)
    let seats = try await lobby.seats(of: player)
    return try JSONAnswer.response(
      Me(
        player: PlayerAnswer(profile),
        seats: seats.map {
          SeatAnswer(room: $0.room, seat: $0.seat, session: $0.session.description)
        }))
  }

  /// PATCH /v1/me
  func change(_ request: Request, _ context: APIContext) async throws -> Response {
    let body = try await JSONBody.object(request, allowing: ["display_name", "avatar", "locale"])
    let profile = try await players.change(
      try context.player.player, displayName: try body.text("display_name"),
      avatar: try body.text("avatar"), locale: try body.text("locale"))
    return try JSONAnswer.response(["player": PlayerAnswer(profile)])
  }

  /// GET /v1/wallets
  func wallets(_ request: Request, _ context: APIContext) async throws -> Response {
    let wallets = try await players.wallets(of: try context.player.player).map {
      WalletAnswer(
        currency: $0.currency, balance: $0.balance, onTables: $0.onTables, isFrozen: $0.isFrozen)
    }
    return try JSONAnswer.response(["items": wallets])
  }

  /// GET /v1/wallets/{currency}/transactions
  func payments(_ request: Request, _ context: APIContext) async throws -> Response {
    let page = try PageRequest(request)
    let entries = try await players.payments(
      of: try context.player.player, currency: try context.parameters.require("currency"),
      before: try page.cursor { ID<Transaction>($0) }, limit: page.limit + 1)
    let items = entries.map { entry in
      PaymentAnswer(
        id: entry.id.description, kind: entry.kind, amount: entry.amount,
        balanceAfter: entry.balanceAfter,
        reference: entry.referenceType.map { ReferenceAnswer(type: $0, id: entry.referenceID) },
        postedAt: entry.posted.text)
    }
    return try JSONAnswer.response(Page(items, limit: page.limit) { $0.id })
  }
}

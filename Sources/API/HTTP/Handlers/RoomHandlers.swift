import Core
import Domino
import Hosting
import Hummingbird
import Platform
import Tables

/// What changes rooms: opening them, sitting down, leaving. Each answer carries the room's `seq`.
struct RoomHandlers {
  let tables: TableAccess
  let lobby: Lobby
  let idempotent: Idempotent

  /// Most bots of one request.
  private static let botsMax = 7

  private struct Opened: Encodable {
    var room: Int64
    var seq: Int64
    var joinCode: String?
  }

  struct Seated: Encodable {
    var room: Int64
    var seat: Int?
    var session: String?
    var seq: Int64
    var stack: Int64?
    var isWaiting: Bool
  }

  private struct Left: Encodable {
    var room: Int64
    var seq: Int64
    var cashedOut: Int64?
    var isLeaving: Bool
  }

  private struct Brought: Encodable {
    var room: Int64
    var bots: Int
    var seq: Int64
  }

  /// POST /v1/rooms
  func open(_ request: Request, _ context: APIContext) async throws -> Response {
    let body = try await JSONBody.object(
      request, allowing: ["stake", "name", "options", "private"])
    let isPrivate = try body.flag("private") ?? false
    let code = isPrivate ? Self.joinCode() : nil
    let opened = try await tables.open(
      NewRoom(
        stake: try body.demandText("stake"), name: try Self.name(body),
        options: try body.objectBytes("options"), joinCode: code,
        creator: try context.player.player))
    return try JSONAnswer.response(
      Opened(room: opened.room.rawValue, seq: opened.seq, joinCode: code), status: .created)
  }

  /// POST /v1/rooms/{id}/bots
  func addBots(_ request: Request, _ context: APIContext) async throws -> Response {
    let room = try Self.roomID(context)
    let body = try await JSONBody.object(request, allowing: ["count"])
    let count = try body.integer("count") ?? Int64(Self.botsMax)
    guard (1...Int64(Self.botsMax)).contains(count) else {
      throw JSONProblem.wrongValue("count", expected: "from 1 to \(Self.botsMax)")
    }
    _ = try await lobby.room(room, seenBy: try context.player.player)
    let seated = try await tables.addBots(Int(count), room)
    return try JSONAnswer.response(
      Brought(room: room.rawValue, bots: seated.count, seq: seated.seq))
  }

  /// POST /v1/quick-seat
  func quickSeat(_ request: Request, _ context: APIContext) async throws -> Response {
    let bytes = try await JSONBody.bytes(of: request)
    let body = try JSONObject(bytes, allowing: ["stake", "buy_in"])
    let stake = try body.demandText("stake")
    let buyIn = try Self.chips(body, "buy_in")
    let player = try context.player.player
    return try await idempotent.respond(request, context, body: bytes, status: .created) { id in
      let found = try await tables.quickSeat(
        SeatWish(player: player, stake: stake, buyIn: buyIn, session: ID(rawValue: id)))
      return Seated(
        room: found.room.rawValue, seat: found.seat,
        session: found.session.description, seq: found.seq, isWaiting: found.isWaiting)
    }
  }

  /// POST /v1/rooms/{id}/seats
  func sit(_ request: Request, _ context: APIContext) async throws -> Response {
    let room = try Self.roomID(context)
    let bytes = try await JSONBody.bytes(of: request)
    let body = try JSONObject(bytes, allowing: ["seat", "buy_in", "join_code"])
    guard let buyIn = try Self.chips(body, "buy_in") else { throw JSONProblem.missing("buy_in") }
    let (seat, code) = (try CommandReader.seat(body), try CommandReader.joinCode(body))
    return try await idempotent.respond(request, context, body: bytes, status: .created) { id in
      let done = try await submit(
        .sit(session: ID(rawValue: id), seat: seat, buyIn: buyIn), to: room, context,
        joinCode: code)
      return Self.seated(room, done, session: ID(rawValue: id))
    }
  }

  /// POST /v1/rooms/{id}/seats/me/top-ups
  func topUp(_ request: Request, _ context: APIContext) async throws -> Response {
    let room = try Self.roomID(context)
    let bytes = try await JSONBody.bytes(of: request)
    let body = try JSONObject(bytes, allowing: ["amount"])
    guard let amount = try Self.chips(body, "amount") else { throw JSONProblem.missing("amount") }
    return try await idempotent.respond(request, context, body: bytes, status: .created) { id in
      let done = try await submit(
        .topUp(payment: ID(rawValue: id), amount: amount), to: room, context)
      return Self.seated(room, done, session: done.session)
    }
  }

  /// DELETE /v1/rooms/{id}/seats/me
  func stand(_ request: Request, _ context: APIContext) async throws -> Response {
    let room = try Self.roomID(context)
    let done = try await submit(.stand, to: room, context)
    return try JSONAnswer.response(
      Left(
        room: room.rawValue, seq: done.seq, cashedOut: done.cashedOut?.rawValue,
        isLeaving: done.isLeaving))
  }

  private func submit(
    _ action: PlayerCommand.Action, to room: SerialID<Room>, _ context: APIContext,
    joinCode: String? = nil
  ) async throws -> Done {
    let player = try context.player.player
    switch await tables.room(room) {
    case .here(let handle):
      switch await handle.submit(PlayerCommand(action, joinCode: joinCode), player) {
      case .done(let done): return done
      case .refused(let error): throw error
      }
    case .elsewhere: throw CommandError(.moved, "Another node hosts the room; try again.")
    case .between: throw CommandError.moved
    case .notFound: throw CommandError(.roomNotFound, "There is no such room.")
    }
  }
}

extension RoomHandlers {
  /// The room that the path names.
  static func roomID(_ context: APIContext) throws -> SerialID<Room> {
    guard let number = context.parameters.get("room", as: Int64.self), number > 0 else {
      throw Problem.notFound("room")
    }
    return SerialID(rawValue: number)
  }

  private static func seated(
    _ room: SerialID<Room>, _ done: Done, session: ID<Session>?
  ) -> Seated {
    Seated(
      room: room.rawValue, seat: done.seat.map { Int($0.number) },
      session: (done.session ?? session)?.description, seq: done.seq, stack: done.stack?.rawValue,
      isWaiting: done.isWaiting)
  }

  private static func chips(_ body: JSONObject, _ name: StaticString) throws -> Chips? {
    guard let number = try body.integer(name) else { return nil }
    guard (1...Chips.amountMax.rawValue).contains(number) else {
      throw JSONProblem.wrongValue(name.description, expected: "an amount above zero")
    }
    return Chips(rawValue: number)
  }

  private static func name(_ body: JSONObject) throws -> String? {
    guard let name = try body.text("name") else { return nil }
    guard (1...60).contains(name.unicodeScalars.count),
      name.unicodeScalars.allSatisfy({ $0.value >= 0x20 })
    else { throw JSONProblem.wrongValue("name", expected: "1 to 60 characters") }
    return name
  }

  /// Eight characters that are not taken for one another.
  private static func joinCode() -> String {
    let characters = Array("ABCDEFGHJKMNPQRSTUVWXYZ23456789")
    return String((0..<8).map { _ in characters.randomElement() ?? "A" })
  }
}

import Core
import Domino
import Fairness
import Tables

/// What a client says on the socket; docs/api/websocket.md has every one.
enum ClientMessage {
  case hello(Hello)
  case token(String, reference: String?)
  case ping(reference: String?)
  case watch(RoomCursor)
  case unwatch(SerialID<Room>)
  case command(RoomCommand)

  /// The first message.
  struct Hello {
    var token: String
    var version: Int64
    var rooms: [RoomCursor]
  }

  /// A room, and the last event that the client has of it.
  struct RoomCursor {
    var room: SerialID<Room>
    var seq: Int64?
    /// What a private room asks for.
    var joinCode: String?
  }

  /// What a player wants of a room.
  struct RoomCommand {
    var room: SerialID<Room>
    var reference: String
    var command: PlayerCommand
  }
}

/// A message that was not understood, with what is needed to answer it.
struct MessageProblem: Error {
  var reference: String?
  var room: Int64?
  var problem: JSONProblem
}

extension ClientMessage {
  /// Most characters of a client's name for itself.
  private static let clientNameMax = 100

  /// Reads a message; `roomsMax` bounds the rooms of a hello.
  static func read(_ bytes: [UInt8], roomsMax: Int) throws(MessageProblem) -> ClientMessage {
    let object: JSONObject
    do throws(JSONProblem) { object = try JSONObject(bytes) } catch {
      throw MessageProblem(problem: error)
    }
    do throws(JSONProblem) {
      return try read(object, roomsMax: roomsMax)
    } catch {
      throw MessageProblem(
        reference: (try? object.text("ref")).flatMap { $0 }.flatMap { CommandReference($0)?.text },
        room: (try? object.integer("room")).flatMap { $0 }, problem: error)
    }
  }

  private static func read(
    _ object: JSONObject, roomsMax: Int
  ) throws(JSONProblem) -> ClientMessage {
    let type = try object.demandText("type")
    switch type {
    case "hello":
      try object.refuseOthers(than: ["type", "token", "protocol", "client", "rooms"])
      return .hello(try hello(object, roomsMax: roomsMax))
    case "token":
      try object.refuseOthers(than: ["type", "ref", "token"])
      return .token(try object.demandText("token"), reference: try reference(object))
    case "ping":
      try object.refuseOthers(than: ["type", "ref"])
      return .ping(reference: try reference(object))
    case "watch":
      try object.refuseOthers(than: ["type", "room", "seq", "join_code"])
      return .watch(try cursor(object, room: "room"))
    case "unwatch":
      try object.refuseOthers(than: ["type", "room"])
      return .unwatch(try room(object, "room"))
    default:
      guard let action = try CommandReader.action(type, object) else {
        throw .wrongValue("type", expected: "a known message")
      }
      return try command(action, object)
    }
  }

  private static func hello(
    _ object: JSONObject, roomsMax: Int
  ) throws(JSONProblem) -> Hello {
    if let client = try object.text("client"), client.unicodeScalars.count > clientNameMax {
      throw .wrongValue("client", expected: "at most \(clientNameMax) characters")
    }
    var rooms: [RoomCursor] = []
    for item in try object.objects("rooms", atMost: roomsMax) ?? [] {
      try item.refuseOthers(than: ["id", "seq", "join_code"])
      rooms.append(try cursor(item, room: "id"))
    }
    return Hello(
      token: try object.demandText("token"), version: try object.demandInteger("protocol"),
      rooms: rooms)
  }

  private static func command(
    _ action: PlayerCommand.Action, _ object: JSONObject
  ) throws(JSONProblem) -> ClientMessage {
    guard let reference = try CommandReader.reference(object) else { throw .missing("ref") }
    return .command(
      RoomCommand(
        room: try room(object, "room"), reference: reference.text,
        command: PlayerCommand(
          action, reference: reference, joinCode: try CommandReader.joinCode(object))))
  }

  private static func reference(_ object: JSONObject) throws(JSONProblem) -> String? {
    try CommandReader.reference(object)?.text
  }

  private static func cursor(
    _ object: JSONObject, room name: StaticString
  ) throws(JSONProblem) -> RoomCursor {
    RoomCursor(
      room: try room(object, name), seq: try object.integer("seq"),
      joinCode: try CommandReader.joinCode(object))
  }

  private static func room(
    _ object: JSONObject, _ name: StaticString
  ) throws(JSONProblem) -> SerialID<Room> {
    let number = try object.demandInteger(name)
    guard number > 0 else { throw .wrongValue(name.description, expected: "a room's number") }
    return SerialID(rawValue: number)
  }
}

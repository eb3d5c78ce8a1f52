import Core
import Domino
import Fairness
import Tables

/// Reads what players want out of messages and bodies.
enum CommandReader {
  /// The action of a message of this type; nil where there is no such type.
  static func action(
    _ type: String, _ object: JSONObject
  ) throws(JSONProblem) -> PlayerCommand.Action? {
    switch type {
    case "place":
      try object.refuseOthers(than: ["type", "ref", "room", "turn", "tile", "end"])
      return .place(turn: try turn(object), tile: try tile(object), end: try end(object))
    case "sit":
      try object.refuseOthers(than: ["type", "ref", "room", "id", "seat", "buy_in", "join_code"])
      return .sit(
        session: try identifier(object), seat: try seat(object),
        buyIn: try chips(object, "buy_in"))
    case "stand":
      try object.refuseOthers(than: ["type", "ref", "room"])
      return .stand
    case "top_up":
      try object.refuseOthers(than: ["type", "ref", "room", "id", "amount"])
      return .topUp(payment: try identifier(object), amount: try chips(object, "amount"))
    case "back":
      try object.refuseOthers(than: ["type", "ref", "room"])
      return .back
    case "client_seed":
      try object.refuseOthers(than: ["type", "ref", "room", "seed"])
      return .clientSeed(try clientSeed(object))
    case "emote":
      try object.refuseOthers(than: ["type", "ref", "room", "emote"])
      return .emote(try emote(object))
    default: return nil
    }
  }

  /// The client's own name for a message; nil where there is none.
  static func reference(_ object: JSONObject) throws(JSONProblem) -> CommandReference? {
    guard let text = try object.text("ref") else { return nil }
    guard let reference = CommandReference(text) else {
      throw .wrongValue(
        "ref", expected: "1 to \(CommandReference.maximumLength) printable characters")
    }
    return reference
  }

  /// The seat; nil where any will do.
  static func seat(_ object: JSONObject) throws(JSONProblem) -> Seat? {
    guard let number = try object.integer("seat") else { return nil }
    guard let seat = Int(exactly: number).flatMap(Seat.init) else {
      throw .wrongValue("seat", expected: "from 0 to \(Seat.limit - 1)")
    }
    return seat
  }

  /// What opens a private room, in capitals; nil where there is none.
  static func joinCode(_ object: JSONObject) throws(JSONProblem) -> String? {
    guard let text = try object.text("join_code") else { return nil }
    let code = text.uppercased()
    guard (4...12).contains(code.utf8.count),
      code.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) })
    else { throw .wrongValue("join_code", expected: "4 to 12 letters and digits") }
    return code
  }

  private static func turn(_ object: JSONObject) throws(JSONProblem) -> Turn {
    guard let turn = try object.object("turn", allowing: ["hand", "move"]) else {
      throw .missing("turn")
    }
    guard let hand = ID<Hand>(try turn.demandText("hand")) else {
      throw .wrongValue("hand", expected: "the hand's id")
    }
    let move = try turn.demandInteger("move")
    guard (1...2_000).contains(move) else {
      throw .wrongValue("move", expected: "the number of a move")
    }
    return Turn(hand: hand, move: Int(move))
  }

  private static func tile(_ object: JSONObject) throws(JSONProblem) -> Tile {
    guard let tile = Tile(try object.demandText("tile")) else {
      throw .wrongValue("tile", expected: "a tile, such as \"2-5\"")
    }
    return tile
  }

  private static func end(_ object: JSONObject) throws(JSONProblem) -> LineEnd {
    switch try object.demandText("end") {
    case "left": return .left
    case "right": return .right
    default: throw .wrongValue("end", expected: "\"left\" or \"right\"")
    }
  }

  private static func identifier<Subject>(
    _ object: JSONObject
  ) throws(JSONProblem) -> ID<Subject> {
    guard let id = ID<Subject>(try object.demandText("id")) else {
      throw .wrongValue("id", expected: "a version-7 UUID")
    }
    return id
  }

  private static func chips(
    _ object: JSONObject, _ name: StaticString
  ) throws(JSONProblem) -> Chips {
    let number = try object.demandInteger(name)
    guard (1...Chips.amountMax.rawValue).contains(number) else {
      throw .wrongValue(name.description, expected: "an amount above zero")
    }
    return Chips(rawValue: number)
  }

  private static func clientSeed(_ object: JSONObject) throws(JSONProblem) -> ClientSeed {
    guard let seed = try? ClientSeed(try object.demandText("seed")) else {
      throw .wrongValue("seed", expected: "1 to 64 of A-Z, a-z, 0-9, _ and -")
    }
    return seed
  }

  private static func emote(_ object: JSONObject) throws(JSONProblem) -> Emote {
    guard let emote = Emote(rawValue: try object.demandText("emote")) else {
      let all = Emote.allCases.map(\.rawValue).joined(separator: ", ")
      throw .wrongValue("emote", expected: "one of \(all)")
    }
    return emote
  }
}

import Core
import Domino

/// Reads what players want out of messages.
enum CommandReader {
  /// The seat; nil where any will do.
  static func seat(_ body: JSONObject) throws(JSONProblem) -> Seat? {
    guard let number = try body.integer("seat") else { return nil }
    guard let seat = Int(exactly: number).flatMap(Seat.init) else {
      throw .wrongValue("seat", expected: "from 0 to \(Seat.limit - 1)")
    }
    return seat
  }
}

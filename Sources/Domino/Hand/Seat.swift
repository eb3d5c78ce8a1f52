/// A place at the table, 0...7, counted clockwise.
package struct Seat: Hashable, Sendable {
  /// The seat's number.
  package let number: UInt8

  /// How many seats the largest table has (Bandar QQ).
  package static let limit = 8

  /// The seat with this number; nil past the largest table.
  package init?(_ number: Int) {
    guard (0..<Seat.limit).contains(number) else { return nil }
    self.number = UInt8(number)
  }

  init(unchecked number: UInt8) { self.number = number }
}

extension Seat: Comparable, ExpressibleByIntegerLiteral, CustomStringConvertible {
  package init(integerLiteral value: UInt8) {
    precondition(Int(value) < Seat.limit, "a table has no seat \(value)")
    number = value
  }

  package static func < (left: Seat, right: Seat) -> Bool { left.number < right.number }

  package var description: String { "\(number)" }
}

extension Seat: Codable {
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let number = try container.decode(Int.self)
    guard let seat = Seat(number) else {
      throw DecodingError.dataCorruptedError(
        in: container,
        debugDescription: "no seat \(number); seats are 0...\(Seat.limit - 1)"
      )
    }
    self = seat
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(number)
  }
}

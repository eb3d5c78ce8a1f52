extension Tile: LosslessStringConvertible, Codable {
  /// Reads "2-5" (or "5-2"); nil for anything else.
  package init?(_ text: String) {
    let bytes = Array(text.utf8)
    let zero = UInt8(ascii: "0")
    guard bytes.count == 3, bytes[1] == UInt8(ascii: "-"), bytes[0] >= zero, bytes[2] >= zero
    else { return nil }
    self.init(bytes[0] - zero, bytes[2] - zero)
  }

  /// The tile as "2-5", the smaller number first.
  package var description: String { "\(low)-\(high)" }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let tile = Tile(text) else {
      throw DecodingError.dataCorruptedError(
        in: container,
        debugDescription: "'\(text)' is no tile; write it as \"2-5\", 0 to 6"
      )
    }
    self = tile
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}

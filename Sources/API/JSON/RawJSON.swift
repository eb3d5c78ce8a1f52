import FoundationEssentials
import Postgres

/// JSON of the database within an answer: the same values, with names as they stand.
enum RawJSON: Codable, Sendable {
  case null
  case flag(Bool)
  case integer(Int64)
  case number(Double)
  case text(String)
  case array([RawJSON])
  case object([(name: String, value: RawJSON)])

  private static let decoder = JSONDecoder()

  /// A document of the database; one that cannot be read is null.
  init(_ text: JSONText) {
    self = (try? Self.decoder.decode(RawJSON.self, from: Data(text.bytes))) ?? .null
  }

  /// A name that no strategy may change: it stands in the data.
  private struct Name: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  init(from decoder: any Decoder) throws {
    if let container = try? decoder.container(keyedBy: Name.self) {
      self = .object(
        try container.allKeys.sorted { $0.stringValue < $1.stringValue }.map {
          ($0.stringValue, try container.decode(RawJSON.self, forKey: $0))
        })
    } else if var container = try? decoder.unkeyedContainer() {
      var elements: [RawJSON] = []
      while !container.isAtEnd { elements.append(try container.decode(RawJSON.self)) }
      self = .array(elements)
    } else {
      self = try Self.scalar(try decoder.singleValueContainer())
    }
  }

  private static func scalar(_ container: any SingleValueDecodingContainer) throws -> RawJSON {
    if container.decodeNil() { return .null }
    if let value = try? container.decode(Bool.self) { return .flag(value) }
    if let value = try? container.decode(Int64.self) { return .integer(value) }
    if let value = try? container.decode(Double.self) { return .number(value) }
    return .text(try container.decode(String.self))
  }

  func encode(to encoder: any Encoder) throws {
    switch self {
    case .object(let members):
      // A dictionary's keys are data to the encoder, so that its strategy leaves them alone.
      var container = encoder.singleValueContainer()
      try container.encode(Dictionary(members.map { ($0.name, $0.value) }) { $1 })
    case .array(let elements):
      var container = encoder.unkeyedContainer()
      for element in elements { try container.encode(element) }
    default: try encodeScalar(to: encoder)
    }
  }

  private func encodeScalar(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .flag(let value): try container.encode(value)
    case .integer(let value): try container.encode(value)
    case .number(let value): try container.encode(value)
    case .text(let value): try container.encode(value)
    case .null, .array, .object: try container.encodeNil()
    }
  }
}

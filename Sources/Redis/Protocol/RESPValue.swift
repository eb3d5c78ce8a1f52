/// A value as Redis sends it (RESP 2).
package enum RESPValue: Hashable, Sendable {
  /// A short text, such as `OK`.
  case simple(String)
  /// A refusal, such as `WRONGPASS …`; a value like any other, also inside an array.
  case error(String)
  /// A whole number.
  case integer(Int64)
  /// Bytes.
  case bulk([UInt8])
  /// Nothing: a bulk or an array that is not there.
  case null
  /// Values in order.
  case array([RESPValue])

  /// The number; nil for anything else.
  package var integer: Int64? {
    if case .integer(let number) = self { number } else { nil }
  }

  /// The values of an array; nil for anything else.
  package var elements: [RESPValue]? {
    if case .array(let values) = self { values } else { nil }
  }

  /// A simple text or a bulk that is UTF-8; nil for anything else.
  package var text: String? {
    switch self {
    case .simple(let text): text
    case .bulk(let bytes): String(validating: bytes, as: UTF8.self)
    default: nil
    }
  }
}

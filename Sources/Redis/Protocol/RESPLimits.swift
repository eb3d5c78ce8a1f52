/// What a reply may be at most: a server that is broken, or is none, must not fill our memory.
package struct RESPLimits: Sendable, Hashable {
  /// The longest line, in bytes, without its end: simple texts, errors, numbers.
  package var lineBytesMax = 64 << 10
  /// The largest bulk, in bytes.
  package var bulkBytesMax = 8 << 20
  /// The most elements of one reply, those of nested arrays included.
  package var elementsMax = 100_000
  /// How deep arrays may lie in arrays.
  package var depthMax = 8
  /// The largest reply with all its parts, in bytes.
  package var replyBytesMax = 16 << 20

  /// The usual limits.
  package init() {}
}

/// Why bytes are no reply. After it the connection cannot be read any more.
package enum RESPViolation: Error, Hashable, Sendable {
  /// A value begins with a byte that no kind has.
  case unknownKind(UInt8)
  /// A line does not end in CR LF.
  case badLineEnd
  /// A bulk is not followed by CR LF.
  case badBulkEnd
  /// A number or a length is none.
  case badNumber
  /// A simple text or an error is no UTF-8.
  case badText
  /// A line is longer than `lineBytesMax`.
  case lineTooLong(limit: Int)
  /// A bulk is larger than `bulkBytesMax`.
  case bulkTooLarge(limit: Int)
  /// There are more elements than `elementsMax`.
  case tooManyElements(limit: Int)
  /// Arrays lie deeper than `depthMax`.
  case tooDeep(limit: Int)
  /// The reply is larger than `replyBytesMax`.
  case replyTooLarge(limit: Int)
}

extension RESPViolation: CustomStringConvertible {
  /// What is wrong, in a sentence's middle.
  package var description: String {
    switch self {
    case .unknownKind(let byte): "a value begins with byte \(byte)"
    case .badLineEnd: "a line does not end in CR LF"
    case .badBulkEnd: "a bulk does not end in CR LF"
    case .badNumber: "a number cannot be read"
    case .badText: "a text is no UTF-8"
    case .lineTooLong(let limit): "a line has over \(limit) bytes"
    case .bulkTooLarge(let limit): "a bulk has over \(limit) bytes"
    case .tooManyElements(let limit): "a reply has over \(limit) elements"
    case .tooDeep(let limit): "arrays lie deeper than \(limit)"
    case .replyTooLarge(let limit): "a reply has over \(limit) bytes"
    }
  }
}

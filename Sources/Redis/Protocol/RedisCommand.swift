/// A command with its arguments, which may be any bytes.
package struct RedisCommand: Hashable, Sendable {
  /// The name and the arguments.
  package let words: [[UInt8]]

  /// A command of texts.
  package init(_ words: String...) {
    self.words = words.map { Array($0.utf8) }
  }

  /// A command of texts.
  package init(words: [String]) {
    self.words = words.map { Array($0.utf8) }
  }

  /// A command of bytes.
  package init(bytes words: [[UInt8]]) {
    self.words = words
  }

  /// A script on keys, with its arguments.
  package static func script(
    _ text: String, keys: [String], arguments: [String]
  ) -> RedisCommand {
    RedisCommand(words: ["EVAL", text, String(keys.count)] + keys + arguments)
  }

  /// The name in upper case, for errors; arguments may be secret.
  package var name: String {
    String(decoding: words.first ?? [], as: UTF8.self).uppercased()
  }

  /// As it goes over the wire: an array of bulks.
  package var encoded: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(words.reduce(16) { $0 + $1.count + 16 })
    Self.append("*", words.count, to: &bytes)
    for word in words {
      Self.append("$", word.count, to: &bytes)
      bytes += word
      bytes += [UInt8(ascii: "\r"), UInt8(ascii: "\n")]
    }
    return bytes
  }

  private static func append(_ kind: Unicode.Scalar, _ count: Int, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: kind))
    bytes += Array(String(count).utf8)
    bytes += [UInt8(ascii: "\r"), UInt8(ascii: "\n")]
  }
}

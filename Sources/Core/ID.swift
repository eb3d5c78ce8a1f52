/// A version-7 identifier (RFC 9562) of one kind of thing: `ID<Player>` is no `ID<Hand>`.
///
/// 48 bits of milliseconds since 1970, the version, and random or derived bits.
package struct ID<Subject>: RawRepresentable, Hashable, Sendable {
  /// The 128 bits, the most significant first.
  package var rawValue: UInt128

  /// Takes 128 bits as they are.
  package init(rawValue: UInt128) {
    self.rawValue = rawValue
  }

  /// Makes an identifier for a moment. Only 74 of the random bits are used.
  package init(millisecondsSince1970 milliseconds: UInt64, random: UInt128) {
    let time = UInt128(milliseconds & 0xFFFF_FFFF_FFFF) << 80
    let upper = ((random >> 64) & 0xFFF) << 64
    let lower = random & 0x3FFF_FFFF_FFFF_FFFF
    rawValue = time | (0x7 << 76) | upper | (0x2 << 62) | lower
  }

  /// The moment that the identifier carries.
  package var millisecondsSince1970: UInt64 { UInt64(truncatingIfNeeded: rawValue >> 80) }
}

extension ID: Comparable {
  /// By the 128 bits, so by time.
  package static func < (left: ID, right: ID) -> Bool { left.rawValue < right.rawValue }
}

extension ID: LosslessStringConvertible {
  private static var digits: StaticString { "0123456789abcdef" }

  /// The 32 hexadecimal digits in five groups, as `01890a5d-ac96-774b-bcce-b302099a8057`.
  package var description: String {
    String(unsafeUninitializedCapacity: 36) { buffer in
      var position = 0
      for nibble in 0..<32 {
        if nibble == 8 || nibble == 12 || nibble == 16 || nibble == 20 {
          buffer[position] = UInt8(ascii: "-")
          position += 1
        }
        let value = Int(truncatingIfNeeded: rawValue >> UInt128(124 - 4 * nibble)) & 0xF
        buffer[position] = Self.digits.utf8Start[value]
        position += 1
      }
      return position
    }
  }

  /// Reads what `description` writes, in either case; nil for anything else.
  package init?(_ description: String) {
    let text = Array(description.utf8)
    guard text.count == 36 else { return nil }
    var value: UInt128 = 0
    for (position, character) in text.enumerated() {
      if position == 8 || position == 13 || position == 18 || position == 23 {
        guard character == UInt8(ascii: "-") else { return nil }
        continue
      }
      guard let digit = Self.digitValue(character) else { return nil }
      value = value << 4 | UInt128(digit)
    }
    rawValue = value
  }

  private static func digitValue(_ character: UInt8) -> UInt8? {
    switch character {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): character - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): character - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}

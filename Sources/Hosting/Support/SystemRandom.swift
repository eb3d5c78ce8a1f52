import Core
import FoundationEssentials

/// Randomness of the operating system.
enum SystemRandom {
  static func bytes(_ count: Int) -> [UInt8] {
    var generator = SystemRandomNumberGenerator()
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count)
    while bytes.count < count {
      let word = generator.next()
      withUnsafeBytes(of: word) { bytes.append(contentsOf: $0.prefix(count - bytes.count)) }
    }
    return bytes
  }

  static func identifier<Subject>() -> ID<Subject> {
    let random = bytes(16).reduce(UInt128(0)) { $0 << 8 | UInt128($1) }
    return ID(
      millisecondsSince1970: MonotonicClock.millisecondsSince1970, random: random)
  }
}

extension MonotonicClock {
  /// Milliseconds since 1970, which may jump.
  static var millisecondsSince1970: UInt64 { UInt64(Date().timeIntervalSince1970 * 1_000) }
}

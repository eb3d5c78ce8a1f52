import Core
import Crypto

/// The server's secret for one hand: 32 random bytes, new for every hand.
package struct ServerSeed: Sendable, Equatable {
  /// The bytes.
  package let bytes: [UInt8]

  /// How many bytes a seed has.
  package static let byteCount = 32

  /// The seed with these bytes; nil where there are not 32.
  package init?(bytes: some Collection<UInt8>) {
    guard bytes.count == ServerSeed.byteCount else { return nil }
    self.bytes = Array(bytes)
  }

  /// A new seed from a source of randomness, in production the system's.
  package init(using random: inout some RandomNumberGenerator) {
    bytes = (0..<ServerSeed.byteCount).map { _ in UInt8.random(in: .min ... .max, using: &random) }
  }

  /// What is published before any client seed is known: SHA-256 of the bytes.
  package var commit: Commit { Commit(unchecked: Array(SHA256.hash(data: bytes))) }

  /// The bytes as lower-case hexadecimal digits.
  package var hexadecimal: String { Hexadecimal.text(bytes) }

  /// Reads 64 hexadecimal digits.
  package init?(hexadecimal text: String) {
    guard let bytes = Hexadecimal.bytes(text) else { return nil }
    self.init(bytes: bytes)
  }
}

/// The server's promise: the hash of a seed that it has already fixed.
package struct Commit: Sendable, Hashable {
  /// The 32 bytes of the hash.
  package let bytes: [UInt8]

  init(unchecked bytes: [UInt8]) { self.bytes = bytes }

  /// The bytes as lower-case hexadecimal digits.
  package var hexadecimal: String { Hexadecimal.text(bytes) }

  /// Reads 64 hexadecimal digits.
  package init?(hexadecimal text: String) {
    guard let bytes = Hexadecimal.bytes(text), bytes.count == SHA256.byteCount else { return nil }
    self.bytes = bytes
  }
}

package import Core
import FoundationEssentials

/// The time of day, as a value: tests bring their own.
package struct WallClock: Sendable {
  /// Milliseconds since 1970.
  package var milliseconds: @Sendable () -> Int64

  /// A clock of this.
  package init(milliseconds: @escaping @Sendable () -> Int64) {
    self.milliseconds = milliseconds
  }

  /// The system's clock.
  package static let system = WallClock {
    Int64((Date().timeIntervalSince1970 * 1_000).rounded(.down))
  }

  /// Seconds since 1970.
  package var seconds: Int64 { milliseconds() / 1_000 }

  /// A new identifier of this moment.
  package func newID<Subject>(of subject: Subject.Type) -> ID<Subject> {
    ID(millisecondsSince1970: UInt64(milliseconds()), random: .random(in: 0...UInt128.max))
  }
}

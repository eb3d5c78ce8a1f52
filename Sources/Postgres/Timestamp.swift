/// A moment, to the microsecond, as `timestamptz` has it.
///
/// An integer of its own rather than Foundation's `Date`: that is a `Double` of seconds, so that
/// each way costs a multiplication and a rounding, and two equal moments may differ in the last bit.
package struct Timestamp: Sendable, Hashable, Comparable {
  /// Microseconds since 1970-01-01 00:00 UTC; the least and the greatest value are the infinities.
  package var microseconds: Int64

  /// Takes microseconds since 1970-01-01 00:00 UTC.
  package init(microseconds: Int64) {
    self.microseconds = microseconds
  }

  /// Later than every moment.
  package static let infinity = Timestamp(microseconds: .max)
  /// Earlier than every moment.
  package static let negativeInfinity = Timestamp(microseconds: .min)

  /// Orders by time.
  package static func < (left: Timestamp, right: Timestamp) -> Bool {
    left.microseconds < right.microseconds
  }

  /// PostgreSQL counts from 2000-01-01, this many microseconds after 1970-01-01.
  static let epochOffset: Int64 = 946_684_800_000_000
}

extension Timestamp: PostgresFixedWidth {
  /// timestamptz.
  package static var postgresType: PostgresType { .timestamptz }
  /// timestamptz[].
  package static var postgresArrayType: PostgresType { .timestamptzArray }
  /// Eight bytes.
  package static var postgresWidth: Int { 8 }

  /// Writes microseconds since 2000; what is out of the server's range becomes an infinity.
  package func store(to memory: UnsafeMutableRawPointer) {
    let sent: Int64
    switch microseconds {
    case .max: sent = .max
    case ..<(.min + Self.epochOffset): sent = .min
    default: sent = microseconds - Self.epochOffset
    }
    sent.store(to: memory)
  }

  /// Reads microseconds since 2000.
  package init(bytes: UnsafeRawBufferPointer, type: PostgresType) throws(DecodingFailure) {
    try bytes.expect(8, Self.self, type)
    let sent = bytes.integer(as: Int64.self)
    switch sent {
    case .max, .min: microseconds = sent
    default:
      let (sum, overflow) = sent.addingReportingOverflow(Self.epochOffset)
      microseconds = overflow ? .max : sum
    }
  }
}

/// A day of the calendar, as `date` has it.
package struct Day: Sendable, Hashable, Comparable {
  /// Days since 1970-01-01; the least and the greatest value are the infinities.
  package var daysSince1970: Int32

  /// Takes days since 1970-01-01.
  package init(daysSince1970: Int32) {
    self.daysSince1970 = daysSince1970
  }

  /// Orders by time.
  package static func < (left: Day, right: Day) -> Bool {
    left.daysSince1970 < right.daysSince1970
  }

  static let epochOffset: Int32 = 10_957
}

extension Day: PostgresFixedWidth {
  /// date.
  package static var postgresType: PostgresType { .date }
  /// date[].
  package static var postgresArrayType: PostgresType { .dateArray }
  /// Four bytes.
  package static var postgresWidth: Int { 4 }

  /// Writes days since 2000; what is out of range becomes an infinity.
  package func store(to memory: UnsafeMutableRawPointer) {
    let sent: Int32
    switch daysSince1970 {
    case .max: sent = .max
    case ..<(.min + Self.epochOffset): sent = .min
    default: sent = daysSince1970 - Self.epochOffset
    }
    sent.store(to: memory)
  }

  /// Reads days since 2000.
  package init(bytes: UnsafeRawBufferPointer, type: PostgresType) throws(DecodingFailure) {
    try bytes.expect(4, Self.self, type)
    let sent = bytes.integer(as: Int32.self)
    switch sent {
    case .max, .min: daysSince1970 = sent
    default:
      let (sum, overflow) = sent.addingReportingOverflow(Self.epochOffset)
      daysSince1970 = overflow ? .max : sum
    }
  }
}

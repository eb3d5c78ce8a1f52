/// The values of a statement, encoded into one buffer.
package struct Bindings: Sendable {
  /// The protocol counts parameters in 16 bits.
  package static let maximumCount = 65_535

  /// The types that the server is told.
  package private(set) var types: [PostgresType] = []
  /// Where each value lies in `bytes`; nil for NULL.
  private(set) var ranges: [Range<Int>?] = []
  /// Why a value could not be encoded; reported when the statement is sent.
  private(set) var failure: PostgresError?
  private var writer = ByteWriter()

  /// No values.
  package init() {}

  /// How many values there are.
  package var count: Int { types.count }

  /// All values, one after the other.
  package var bytes: [UInt8] { writer.bytes }

  mutating func append(
    _ type: PostgresType,
    _ encode: (inout ByteWriter) throws(PostgresError) -> Void
  ) {
    let start = writer.count
    do throws(PostgresError) {
      try encode(&writer)
    } catch {
      failure = failure ?? error
      writer.truncate(to: start)
    }
    types.append(type)
    ranges.append(start..<writer.count)
  }

  mutating func appendNull(_ type: PostgresType) {
    types.append(type)
    ranges.append(nil)
  }

  mutating func append(_ other: Bindings) {
    let start = writer.count
    writer.append(other.bytes)
    types += other.types
    ranges += other.ranges.map { range in
      range.map { $0.lowerBound + start..<$0.upperBound + start }
    }
    failure = failure ?? other.failure
  }

  /// Throws if the values cannot be sent.
  func check(limitBytes: Int) throws(PostgresError) {
    if let failure { throw failure }
    if count > Self.maximumCount {
      throw .tooManyParameters(count: count, limit: Self.maximumCount)
    }
    if writer.count > limitBytes {
      throw .parametersTooLarge(bytes: writer.count, limit: limitBytes)
    }
  }
}

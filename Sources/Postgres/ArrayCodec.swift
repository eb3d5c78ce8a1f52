#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

// The server's binary arrays: number of dimensions (0 or 1 here), "has NULLs", the element's type;
// for the dimension its length and lower bound; then each element with its length, -1 for NULL.

extension Array: PostgresEncodable where Element: PostgresArrayElement {
  /// The array type of the elements.
  package static var postgresType: PostgresType { Element.postgresArrayType }

  /// Adds the whole array as one parameter.
  package func bind(to bindings: inout Bindings) {
    bindings.append(Self.postgresType) { writer throws(PostgresError) in
      try Element.encodeArray(self, to: &writer)
    }
  }
}

extension Array: PostgresDecodable where Element: PostgresArrayElement {
  /// What the elements accept as an array.
  package static func accepts(_ type: PostgresType) -> Bool { Element.acceptsArray(type) }

  /// Reads the whole array; NULL is an error.
  package static func decode(_ cell: Cell) throws(DecodingFailure) -> [Element] {
    guard accepts(cell.type) else { throw cell.failure(Self.self, "the types do not match") }
    guard let bytes = cell.bytes else { throw cell.failure(Self.self, "it is NULL") }
    return try Element.decodeArray(bytes, type: cell.type)
  }
}

extension Optional: PostgresArrayElement where Wrapped: PostgresScalar {
  /// The array type of what is wrapped.
  package static var postgresArrayType: PostgresType { Wrapped.postgresArrayType }
  /// What the wrapped type accepts.
  package static func acceptsArray(_ type: PostgresType) -> Bool { Wrapped.acceptsArray(type) }

  /// Writes an array with NULLs.
  package static func encodeArray(
    _ values: [Wrapped?],
    to writer: inout ByteWriter
  ) throws(PostgresError) {
    try Wrapped.encodeOptionalArray(values, to: &writer)
  }

  /// Reads an array with NULLs.
  package static func decodeArray(
    _ bytes: UnsafeRawBufferPointer,
    type: PostgresType
  ) throws(DecodingFailure) -> [Wrapped?] {
    var reader = try ArrayReader(bytes, expected: Self.self, type: type)
    var values: [Wrapped?] = []
    values.reserveCapacity(reader.count)
    while let cell = try reader.next() {
      values.append(try Wrapped?.decode(cell))
    }
    return values
  }
}

extension PostgresScalar {
  /// Arrays of every type that the element accepts.
  package static func acceptsArray(_ type: PostgresType) -> Bool {
    type.element.map(accepts) ?? false
  }

  /// Writes the elements one by one.
  package static func encodeArray(
    _ values: [Self],
    to writer: inout ByteWriter
  ) throws(PostgresError) {
    writer.appendArrayHeader(Self.postgresType, count: values.count, hasNull: false)
    for value in values { try writer.appendElement(value) }
  }

  /// Writes the elements one by one.
  package static func encodeOptionalArray(
    _ values: [Self?],
    to writer: inout ByteWriter
  ) throws(PostgresError) {
    let hasNull = values.contains { $0 == nil }
    writer.appendArrayHeader(Self.postgresType, count: values.count, hasNull: hasNull)
    for value in values {
      if let value { try writer.appendElement(value) } else { writer.append(Int32(-1)) }
    }
  }

  /// Reads the elements one by one; a NULL among them is an error.
  package static func decodeArray(
    _ bytes: UnsafeRawBufferPointer,
    type: PostgresType
  ) throws(DecodingFailure) -> [Self] {
    var reader = try ArrayReader(bytes, expected: Self.self, type: type)
    var values: [Self] = []
    values.reserveCapacity(reader.count)
    while let cell = try reader.next() { values.append(try decode(cell)) }
    return values
  }
}

extension PostgresFixedWidth {
  /// Writes all elements in one go.
  package static func encodeArray(
    _ values: [Self],
    to writer: inout ByteWriter
  ) throws(PostgresError) {
    writer.appendArrayHeader(postgresType, count: values.count, hasNull: false)
    let step = 4 + postgresWidth
    let length = Int32(postgresWidth).bigEndian
    writer.append(count: values.count * step) { memory in
      var next = memory
      for value in values {
        next.storeBytes(of: length, as: Int32.self)
        value.store(to: next + 4)
        next += step
      }
    }
  }
}

extension PostgresFixedWidth {
  /// Writes all elements in one go; room is made as if none were NULL.
  package static func encodeOptionalArray(
    _ values: [Self?],
    to writer: inout ByteWriter
  ) throws(PostgresError) {
    let hasNull = values.contains { $0 == nil }
    writer.appendArrayHeader(postgresType, count: values.count, hasNull: hasNull)
    let start = writer.count
    let length = Int32(postgresWidth).bigEndian
    var used = 0
    writer.append(count: values.count * (4 + postgresWidth)) { memory in
      for value in values {
        (memory + used).storeBytes(of: value == nil ? -1 : length, as: Int32.self)
        value?.store(to: memory + used + 4)
        used += value == nil ? 4 : 4 + postgresWidth
      }
    }
    writer.truncate(to: start + used)
  }
}

extension String {
  /// Writes all elements in one go.
  package static func encodeArray(
    _ values: [String],
    to writer: inout ByteWriter
  ) throws(PostgresError) {
    writer.appendArrayHeader(.text, count: values.count, hasNull: false)
    var hasNUL = false
    writer.append(count: values.reduce(0) { $0 + 4 + $1.utf8.count }) { memory in
      var next = memory
      for value in values {
        let count = value.utf8.count
        next.storeBytes(of: Int32(count).bigEndian, as: Int32.self)
        next += 4
        value.store(to: next, count: count)
        hasNUL = hasNUL || memchr(next, 0, count) != nil
        next += count
      }
    }
    if hasNUL { throw ByteWriter.nulInText }
  }

  /// Copies the UTF-8, which is that long.
  @inline(__always)
  private func store(to memory: UnsafeMutableRawPointer, count: Int) {
    if count == 0 { return }
    let done: Void? = utf8.withContiguousStorageIfAvailable { bytes in
      memory.copyMemory(from: bytes.baseAddress!, byteCount: count)
    }
    if done == nil {
      for (index, byte) in utf8.enumerated() {
        memory.storeBytes(of: byte, toByteOffset: index, as: UInt8.self)
      }
    }
  }
}

extension ByteWriter {
  fileprivate mutating func appendArrayHeader(_ type: PostgresType, count: Int, hasNull: Bool) {
    append(Int32(count == 0 ? 0 : 1))
    append(Int32(hasNull ? 1 : 0))
    append(type.rawValue)
    guard count > 0 else { return }
    append(Int32(count))
    append(Int32(1))
  }

  fileprivate mutating func appendElement(_ value: some PostgresScalar) throws(PostgresError) {
    let start = count
    append(Int32(0))
    try value.encode(to: &self)
    replace(at: start, with: Int32(count - start - 4))
  }
}

/// Walks over the elements of a binary array.
private struct ArrayReader {
  let count: Int
  private let bytes: UnsafeRawBufferPointer
  private let expected: any Any.Type
  private let type: PostgresType
  private let element: PostgresType
  private var offset = 0
  private var index = 0

  init(
    _ bytes: UnsafeRawBufferPointer,
    expected: any Any.Type,
    type: PostgresType
  ) throws(DecodingFailure) {
    (self.bytes, self.expected, self.type) = (bytes, expected, type)
    guard bytes.count >= 12 else { throw Self.broken(expected, type) }
    element = PostgresType(rawValue: bytes.integer(at: 8, as: UInt32.self))
    switch bytes.integer(as: Int32.self) {
    case 0:
      count = 0
    case 1 where bytes.count >= 20:
      count = Int(bytes.integer(at: 12, as: Int32.self))
      offset = 20
      guard count >= 0, count <= bytes.count / 4 else { throw Self.broken(expected, type) }
    default:
      throw DecodingFailure(
        expected: "[\(expected)]",
        actual: type,
        reason: "it has more than one dimension"
      )
    }
  }

  mutating func next() throws(DecodingFailure) -> Cell? {
    guard index < count else { return nil }
    guard offset + 4 <= bytes.count else { throw Self.broken(expected, type) }
    let length = Int(bytes.integer(at: offset, as: Int32.self))
    offset += 4
    index += 1
    if length < 0 { return Cell(bytes: nil, type: element) }
    guard offset + length <= bytes.count else { throw Self.broken(expected, type) }
    defer { offset += length }
    let part = UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + length])
    return Cell(bytes: part, type: element)
  }

  private static func broken(_ expected: any Any.Type, _ type: PostgresType) -> DecodingFailure {
    DecodingFailure(expected: "[\(expected)]", actual: type, reason: "the array is cut short")
  }
}

extension Bool: PostgresFixedWidth {
  /// boolean.
  package static var postgresType: PostgresType { .bool }
  /// boolean[].
  package static var postgresArrayType: PostgresType { .boolArray }
  /// One byte.
  package static var postgresWidth: Int { 1 }

  /// Writes one byte.
  package func store(to memory: UnsafeMutableRawPointer) {
    memory.storeBytes(of: self ? 1 : 0, as: UInt8.self)
  }

  /// Reads one byte.
  package init(bytes: UnsafeRawBufferPointer, type: PostgresType) throws(DecodingFailure) {
    try bytes.expect(1, Self.self, type)
    self = bytes[0] != 0
  }
}

extension Int16: PostgresFixedWidth {
  /// smallint.
  package static var postgresType: PostgresType { .int2 }
  /// smallint[].
  package static var postgresArrayType: PostgresType { .int2Array }
  /// Two bytes.
  package static var postgresWidth: Int { 2 }

  /// Writes two bytes.
  package func store(to memory: UnsafeMutableRawPointer) {
    memory.storeBytes(of: bigEndian, as: Self.self)
  }

  /// Reads two bytes.
  package init(bytes: UnsafeRawBufferPointer, type: PostgresType) throws(DecodingFailure) {
    self = try bytes.wholeNumber(as: Self.self, type)
  }
}

extension Int32: PostgresFixedWidth {
  /// integer.
  package static var postgresType: PostgresType { .int4 }
  /// integer[].
  package static var postgresArrayType: PostgresType { .int4Array }
  /// Four bytes.
  package static var postgresWidth: Int { 4 }
  /// Whole numbers up to its own width.
  package static func accepts(_ type: PostgresType) -> Bool { type == .int4 || type == .int2 }

  /// Writes four bytes.
  package func store(to memory: UnsafeMutableRawPointer) {
    memory.storeBytes(of: bigEndian, as: Self.self)
  }

  /// Reads two or four bytes.
  package init(bytes: UnsafeRawBufferPointer, type: PostgresType) throws(DecodingFailure) {
    self = try bytes.wholeNumber(as: Self.self, type)
  }
}

extension Int64: PostgresFixedWidth {
  /// bigint.
  package static var postgresType: PostgresType { .int8 }
  /// bigint[].
  package static var postgresArrayType: PostgresType { .int8Array }
  /// Eight bytes.
  package static var postgresWidth: Int { 8 }
  /// Whole numbers up to its own width.
  package static func accepts(_ type: PostgresType) -> Bool {
    type == .int8 || type == .int4 || type == .int2
  }

  /// Writes eight bytes.
  package func store(to memory: UnsafeMutableRawPointer) {
    memory.storeBytes(of: bigEndian, as: Self.self)
  }

  /// Reads two, four or eight bytes.
  package init(bytes: UnsafeRawBufferPointer, type: PostgresType) throws(DecodingFailure) {
    self = try bytes.wholeNumber(as: Self.self, type)
  }
}

extension Int: PostgresFixedWidth {
  /// bigint.
  package static var postgresType: PostgresType { .int8 }
  /// bigint[].
  package static var postgresArrayType: PostgresType { .int8Array }
  /// Eight bytes.
  package static var postgresWidth: Int { 8 }
  /// Whole numbers up to its own width.
  package static func accepts(_ type: PostgresType) -> Bool { Int64.accepts(type) }

  /// Writes eight bytes.
  package func store(to memory: UnsafeMutableRawPointer) {
    Int64(self).store(to: memory)
  }

  /// Reads two, four or eight bytes.
  package init(bytes: UnsafeRawBufferPointer, type: PostgresType) throws(DecodingFailure) {
    self = try bytes.wholeNumber(as: Self.self, type)
  }
}

extension UInt32: PostgresFixedWidth {
  /// oid.
  package static var postgresType: PostgresType { .oid }
  /// oid[].
  package static var postgresArrayType: PostgresType { .oidArray }
  /// Four bytes.
  package static var postgresWidth: Int { 4 }

  /// Writes four bytes.
  package func store(to memory: UnsafeMutableRawPointer) {
    memory.storeBytes(of: bigEndian, as: Self.self)
  }

  /// Reads four bytes.
  package init(bytes: UnsafeRawBufferPointer, type: PostgresType) throws(DecodingFailure) {
    try bytes.expect(4, Self.self, type)
    self = bytes.integer(as: Self.self)
  }
}

extension Double: PostgresFixedWidth {
  /// double precision.
  package static var postgresType: PostgresType { .float8 }
  /// double precision[].
  package static var postgresArrayType: PostgresType { .float8Array }
  /// Eight bytes.
  package static var postgresWidth: Int { 8 }
  /// Both widths of floating point numbers.
  package static func accepts(_ type: PostgresType) -> Bool {
    type == .float8 || type == .float4
  }

  /// Writes eight bytes.
  package func store(to memory: UnsafeMutableRawPointer) {
    memory.storeBytes(of: bitPattern.bigEndian, as: UInt64.self)
  }

  /// Reads four or eight bytes.
  package init(bytes: UnsafeRawBufferPointer, type: PostgresType) throws(DecodingFailure) {
    if type == .float4 {
      try bytes.expect(4, Self.self, type)
      self = Double(Float(bitPattern: bytes.integer(as: UInt32.self)))
    } else {
      try bytes.expect(8, Self.self, type)
      self = Double(bitPattern: bytes.integer(as: UInt64.self))
    }
  }
}

extension UnsafeRawBufferPointer {
  /// Throws unless there are exactly that many bytes.
  @inline(__always)
  func expect(
    _ width: Int,
    _ expected: any Any.Type,
    _ type: PostgresType
  ) throws(DecodingFailure) {
    if count != width {
      throw DecodingFailure(
        expected: "\(expected)",
        actual: type,
        reason: "it has \(count) bytes, not \(width)"
      )
    }
  }

  /// Reads a whole number that is as wide as its type says; `accepts` has seen that it fits.
  @inline(__always)
  func wholeNumber<Value: FixedWidthInteger>(
    as _: Value.Type,
    _ type: PostgresType
  ) throws(DecodingFailure) -> Value {
    switch type {
    case .int2:
      try expect(2, Value.self, type)
      return Value(integer(as: Int16.self))
    case .int4:
      try expect(4, Value.self, type)
      return Value(integer(as: Int32.self))
    default:
      try expect(8, Value.self, type)
      return Value(integer(as: Int64.self))
    }
  }
}

/// Bytes in the order of the network, growing at the end.
package struct ByteWriter: Sendable {
  /// What has been written.
  package private(set) var bytes: [UInt8] = []

  /// An empty writer.
  package init() {}

  /// How many bytes have been written.
  package var count: Int { bytes.count }

  /// Makes room for that many more bytes, and lets the caller fill them.
  @inline(__always)
  package mutating func append(count: Int, _ fill: (UnsafeMutableRawPointer) -> Void) {
    let start = bytes.count
    bytes.append(contentsOf: repeatElement(0, count: count))
    guard count > 0 else { return }
    bytes.withUnsafeMutableBytes { fill($0.baseAddress! + start) }
  }

  /// Writes an integer, its highest byte first.
  @inline(__always)
  package mutating func append<Integer: FixedWidthInteger>(_ value: Integer) {
    withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
  }

  /// Writes bytes as they are.
  package mutating func append(_ more: UnsafeRawBufferPointer) {
    bytes.append(contentsOf: more)
  }

  /// Writes bytes as they are.
  package mutating func append(_ more: [UInt8]) {
    bytes.append(contentsOf: more)
  }

  /// Overwrites an integer that was written before, as a length that is known only now.
  mutating func replace(at offset: Int, with value: Int32) {
    bytes.withUnsafeMutableBytes {
      $0.storeBytes(of: value.bigEndian, toByteOffset: offset, as: Int32.self)
    }
  }

  /// Takes back everything after that many bytes.
  mutating func truncate(to count: Int) {
    bytes.removeLast(bytes.count - count)
  }
}

extension UnsafeRawBufferPointer {
  /// Reads an integer, its highest byte first; the caller has checked the bounds.
  @inline(__always)
  func integer<Integer: FixedWidthInteger>(at offset: Int = 0, as _: Integer.Type) -> Integer {
    Integer(bigEndian: loadUnaligned(fromByteOffset: offset, as: Integer.self))
  }
}

/// How a client's bytes break the rules, with the code that the socket is closed with.
package struct FrameViolation: Error, Hashable, Sendable {
  /// The code.
  package let code: CloseCode
  /// What is wrong.
  package let reason: String

  init(_ code: CloseCode, _ reason: String) {
    self.code = code
    self.reason = reason
  }
}

/// What a client sent.
package enum ClientFrame: Hashable, Sendable {
  /// A whole text message, its fragments put together.
  case text([UInt8])
  /// A ping, to be answered with the same bytes.
  case ping([UInt8])
  /// An answer to our ping.
  case pong
  /// The end; the code where the client gave one.
  case close(UInt16?)
}

/// Reads the frames of a client (RFC 6455): bytes in, frames out, no I/O. It holds at most one
/// message and one frame's header, whatever the client claims.
package struct FrameParser: Sendable {
  /// The longest payload of a control frame.
  static let controlBytesMax = 125
  /// Most fragments of a message.
  static let fragmentsMax = 64

  private let messageBytesMax: Int
  /// Bytes of a frame that is not whole yet.
  private var stored: [UInt8] = []
  /// Text of the fragments so far; nil while no message is begun.
  private var message: [UInt8]?
  private var fragments = 0
  private var hasFailed = false

  /// A parser that takes messages of this length at most.
  package init(messageBytesMax: Int) {
    self.messageBytesMax = messageBytesMax
  }

  /// Takes bytes, and gives each frame that is whole to `body`, in order. After a violation nothing
  /// more is read.
  package mutating func feed(
    _ bytes: UnsafeRawBufferPointer, _ body: (ClientFrame) -> Void
  ) throws(FrameViolation) {
    guard !hasFailed else { return }
    do throws(FrameViolation) {
      if stored.isEmpty {
        let used = try read(bytes, body)
        stored.append(contentsOf: bytes[used...])
      } else {
        try readStored(with: bytes, body)
      }
    } catch {
      hasFailed = true
      stored = []
      message = nil
      throw error
    }
  }

  private mutating func readStored(
    with bytes: UnsafeRawBufferPointer, _ body: (ClientFrame) -> Void
  ) throws(FrameViolation) {
    var all = stored
    stored = []
    all.append(contentsOf: bytes)
    let result = all.withUnsafeBytes { buffer -> Result<Int, FrameViolation> in
      do throws(FrameViolation) { return .success(try read(buffer, body)) } catch {
        return .failure(error)
      }
    }
    let used = try result.get()
    if used < all.count { stored = Array(all[used...]) }
  }

  /// Reads whole frames; how many bytes they took.
  private mutating func read(
    _ bytes: UnsafeRawBufferPointer, _ body: (ClientFrame) -> Void
  ) throws(FrameViolation) -> Int {
    var position = 0
    while let header = try FrameHeader(bytes, from: position) {
      try check(header)
      guard bytes.count - position >= header.headerBytes + header.payloadBytes else { break }
      let start = position + header.headerBytes
      let payload = Self.unmasked(bytes, start..<(start + header.payloadBytes), header.mask)
      position = start + header.payloadBytes
      if let frame = try take(header, payload) { body(frame) }
    }
    return position
  }

  private func check(_ header: FrameHeader) throws(FrameViolation) {
    switch header.opcode {
    case .close, .ping, .pong:
      guard header.isFinal else {
        throw FrameViolation(.protocolError, "a control frame must not be fragmented")
      }
      guard header.payloadBytes <= Self.controlBytesMax else {
        throw FrameViolation(.protocolError, "a control frame has at most 125 bytes")
      }
    case .binary: throw FrameViolation(.unsupportedData, "messages are JSON as text")
    case .text, .continuation:
      guard (header.opcode == .continuation) == (message != nil) else {
        throw FrameViolation(.protocolError, "a fragment does not fit the ones before it")
      }
      guard header.payloadBytes <= messageBytesMax - (message?.count ?? 0) else {
        throw FrameViolation(.tooBig, "a message has at most \(messageBytesMax) bytes")
      }
      guard fragments < Self.fragmentsMax else {
        throw FrameViolation(.tooBig, "a message has at most \(Self.fragmentsMax) fragments")
      }
    }
  }

  private mutating func take(
    _ header: FrameHeader, _ payload: [UInt8]
  ) throws(FrameViolation) -> ClientFrame? {
    switch header.opcode {
    case .ping: return .ping(payload)
    case .pong: return .pong
    case .close: return .close(try Self.closeCode(payload))
    case .text, .binary, .continuation:
      let whole = (message ?? []) + payload
      guard header.isFinal else {
        message = whole
        fragments += 1
        return nil
      }
      message = nil
      fragments = 0
      guard String(validating: whole, as: UTF8.self) != nil else {
        throw FrameViolation(.badText, "a text must be UTF-8")
      }
      return .text(whole)
    }
  }

  private static func closeCode(_ payload: [UInt8]) throws(FrameViolation) -> UInt16? {
    guard !payload.isEmpty else { return nil }
    guard payload.count >= 2 else {
      throw FrameViolation(.protocolError, "a close frame's code has two bytes")
    }
    let code = UInt16(payload[0]) << 8 | UInt16(payload[1])
    switch code {
    case 1000...1003, 1007...1014, 3000...4999: break
    default: throw FrameViolation(.protocolError, "a close frame may not have this code")
    }
    guard String(validating: payload[2...], as: UTF8.self) != nil else {
      throw FrameViolation(.badText, "a close frame's reason must be UTF-8")
    }
    return code
  }

  private static func unmasked(
    _ bytes: UnsafeRawBufferPointer, _ range: Range<Int>,
    _ mask: (UInt8, UInt8, UInt8, UInt8)
  ) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: range.count) { buffer, count in
      for offset in 0..<range.count {
        let key =
          switch offset & 3 {
          case 0: mask.0
          case 1: mask.1
          case 2: mask.2
          default: mask.3
          }
        buffer[offset] = bytes[range.lowerBound + offset] ^ key
      }
      count = range.count
    }
  }
}

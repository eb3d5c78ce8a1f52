import Foundation

/// What a server said on a socket.
enum ServerFrame {
  case text([UInt8])
  case ping
  case pong([UInt8])
  case close(UInt16?)
}

/// A WebSocket of a client, with every byte in our hands.
final class TestSocket {
  let connection: RawConnection

  /// Opens a socket; throws the answer's status where it is refused.
  init(port: Int, headers: [String: String] = [:], reads: Bool = true) async throws {
    connection = try await RawConnection(port: port, reads: true)
    var text = "GET /v1/socket HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nUpgrade: websocket\r\n"
    text += "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    text += "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    for (name, value) in headers { text += "\(name): \(value)\r\n" }
    try await connection.send(Array((text + "\r\n").utf8))
    let end = Array("\r\n\r\n".utf8)
    while true {
      let buffer = connection.buffer
      if let start = buffer.indices.first(where: { buffer[$0...].starts(with: end) }) {
        let answer = try HTTPClient.answer(buffer)
        guard answer.status == 101 else { throw Refused(status: answer.status) }
        guard answer.headers["sec-websocket-accept"] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" else {
          throw Refused(status: -1)
        }
        connection.buffer = Array(buffer[(start + 4)...])
        return
      }
      guard await connection.receive() else { throw Refused(status: 0) }
    }
  }

  struct Refused: Error, Equatable { let status: Int }
  struct Ended: Error {}

  func send(_ text: String) async throws { try await connection.send(ClientFrames.text(text)) }

  /// The next frame; throws at the end of the connection.
  func next() async throws -> ServerFrame {
    while true {
      if let frame = takeFrame() { return frame }
      guard await connection.receive() else { throw Ended() }
    }
  }

  /// The next message; pings are passed over.
  func message() async throws -> [String: Any] {
    while true {
      switch try await next() {
      case .text(let bytes):
        return try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any] ?? [:]
      case .ping, .pong: continue
      case .close(let code): throw Closed(code: code)
      }
    }
  }

  struct Closed: Error, Equatable { let code: UInt16? }

  /// The next message of a type.
  func message(_ type: String) async throws -> [String: Any] {
    while true {
      let message = try await message()
      if message["type"] as? String == type { return message }
    }
  }

  /// The code that the server closes with; messages before it are passed over.
  func closeCode() async throws -> UInt16? {
    while true {
      if case .close(let code) = try await next() { return code }
    }
  }

  private func takeFrame() -> ServerFrame? {
    let bytes = connection.buffer
    guard bytes.count >= 2 else { return nil }
    var (start, count) = (2, Int(bytes[1] & 0x7F))
    if count == 126 {
      guard bytes.count >= 4 else { return nil }
      (start, count) = (4, Int(bytes[2]) << 8 | Int(bytes[3]))
    } else if count == 127 {
      guard bytes.count >= 10 else { return nil }
      (start, count) = (10, bytes[2..<10].reduce(0) { $0 << 8 | Int($1) })
    }
    guard bytes.count >= start + count else { return nil }
    let payload = Array(bytes[start..<(start + count)])
    connection.buffer.removeFirst(start + count)
    switch bytes[0] & 0x0F {
    case 9: return .ping
    case 10: return .pong(payload)
    case 8:
      return .close(payload.count >= 2 ? UInt16(payload[0]) << 8 | UInt16(payload[1]) : nil)
    default: return .text(payload)
    }
  }
}

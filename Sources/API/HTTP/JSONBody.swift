import HTTPTypes
import Hummingbird
import NIOCore

/// Reads a request's body: a JSON object, within limits of size and time.
enum JSONBody {
  /// Far more than any request needs.
  static let bytesMax = 16 << 10
  /// How long a body may take to arrive.
  static let seconds: Int64 = 15

  /// The object with these members; no body at all is an empty object.
  static func object(
    _ request: Request, allowing names: [StaticString]
  ) async throws -> JSONObject {
    let bytes = try await bytes(of: request)
    return try JSONObject(bytes.isEmpty ? Array("{}".utf8) : bytes, allowing: names)
  }

  /// The body as it is; its type must be JSON where it says one.
  static func bytes(of request: Request) async throws -> [UInt8] {
    if let length = request.headers[.contentLength].flatMap(Int.init), length > bytesMax {
      throw Problem.tooLarge(limit: bytesMax)
    }
    let buffer = try await collected(request.body)
    guard buffer.readableBytes > 0 else { return [] }
    guard let type = request.headers[.contentType],
      type.lowercased().hasPrefix("application/json")
    else {
      throw Problem(
        .unsupportedMediaType, "unsupported_media_type",
        "Send JSON, with Content-Type: application/json.")
    }
    return Array(buffer.readableBytesView)
  }

  private static func collected(_ body: RequestBody) async throws -> ByteBuffer {
    try await withThrowingTaskGroup(of: ByteBuffer?.self) { group in
      group.addTask { try await body.collect(upTo: bytesMax) }
      group.addTask {
        try await Task.sleep(for: .seconds(seconds))
        return nil
      }
      defer { group.cancelAll() }
      guard let first = try await group.next(), let buffer = first else {
        throw Problem(
          .requestTimeout, "too_slow", "The body took more than \(seconds) seconds.",
          endsConnection: true)
      }
      return buffer
    }
  }
}

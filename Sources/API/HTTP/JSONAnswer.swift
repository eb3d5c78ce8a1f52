import FoundationEssentials
import HTTPTypes
import Hummingbird
import NIOCore
import Postgres

/// Answers in JSON.
enum JSONAnswer {
  private static let encoder: JSONEncoder = {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.withoutEscapingSlashes]
    return encoder
  }()

  /// A value as JSON, with names in snake_case.
  static func bytes(_ value: some Encodable) throws -> [UInt8] { Array(try encoder.encode(value)) }

  /// The answer with a value.
  static func response(
    _ value: some Encodable, status: HTTPResponse.Status = .ok
  ) throws -> Response {
    response(bytes: try bytes(value), status: status)
  }

  /// The answer with JSON that is ready.
  static func response(
    bytes: [UInt8], status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]
  ) -> Response {
    var headers = headers
    headers[.contentType] = "application/json"
    headers[.cacheControl] = "no-store"
    return Response(
      status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
  }
}

/// A page of a list; the cursor of the next one, or null at the end.
struct Page<Item: Encodable>: Encodable {
  let items: [Item]
  let nextCursor: String?

  /// The page of a list of which one item more than fits was read.
  init(_ read: [Item], limit: Int, cursor: (Item) -> String) {
    items = Array(read.prefix(limit))
    nextCursor = read.count > limit ? items.last.map(cursor) : nil
  }

  private enum CodingKeys: CodingKey { case items, nextCursor }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(items, forKey: .items)
    try container.encode(nextCursor, forKey: .nextCursor)
  }
}

/// How much of a list is asked for.
struct PageRequest {
  /// The most items of a page.
  static let limitMax = 100
  private static let limitUsual = 25

  let limit: Int
  let cursor: String?

  init(_ request: Request) throws {
    cursor = request.uri.queryParameters["cursor"].map(String.init)
    guard let text = request.uri.queryParameters["limit"] else {
      limit = Self.limitUsual
      return
    }
    guard let number = Int(text), (1...Self.limitMax).contains(number) else {
      throw Problem(.badRequest, "bad_request", "limit must be from 1 to \(Self.limitMax).")
    }
    limit = number
  }

  /// The cursor as what it stands for.
  func cursor<Value>(_ read: (String) -> Value?) throws -> Value? {
    guard let cursor else { return nil }
    guard let value = read(cursor) else {
      throw Problem(
        .badRequest, "bad_cursor", "This is no cursor; take next_cursor of the page before.")
    }
    return value
  }
}

extension Timestamp {
  /// As RFC 3339 writes it, to the millisecond.
  var text: String {
    Date(timeIntervalSince1970: Double(microseconds / 1_000) / 1_000)
      .formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
  }
}

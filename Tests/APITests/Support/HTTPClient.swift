import Foundation

/// An answer to a request.
struct HTTPAnswer {
  let status: Int
  let headers: [String: String]
  let body: [UInt8]

  /// The body as a JSON object.
  var json: [String: Any] {
    (try? JSONSerialization.jsonObject(with: Data(body))) as? [String: Any] ?? [:]
  }

  var code: String? { json["code"] as? String }
}

/// Requests of one connection each.
struct HTTPClient {
  let port: Int

  func request(
    _ method: String, _ path: String, body: String? = nil, token: String? = nil,
    headers: [String: String] = [:]
  ) async throws -> HTTPAnswer {
    let connection = try await RawConnection(port: port)
    var text = "\(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nConnection: close\r\n"
    if let token { text += "Authorization: Bearer \(token)\r\n" }
    for (name, value) in headers { text += "\(name): \(value)\r\n" }
    if let body {
      if headers["Content-Type"] == nil { text += "Content-Type: application/json\r\n" }
      text += "Content-Length: \(body.utf8.count)\r\n"
    }
    try await connection.send(Array((text + "\r\n" + (body ?? "")).utf8))
    while await connection.receive() {}
    return try Self.answer(connection.buffer)
  }

  static func answer(_ bytes: [UInt8]) throws -> HTTPAnswer {
    let end = Array("\r\n\r\n".utf8)
    guard let start = bytes.indices.first(where: { bytes[$0...].starts(with: end) }) else {
      throw NoAnswer(text: String(decoding: bytes, as: UTF8.self))
    }
    let lines = String(decoding: bytes[..<start], as: UTF8.self).components(separatedBy: "\r\n")
    var headers: [String: String] = [:]
    for line in lines.dropFirst() {
      let parts = line.split(separator: ":", maxSplits: 1)
      guard parts.count == 2 else { continue }
      headers[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces)
    }
    let status = Int(lines[0].split(separator: " ")[1]) ?? 0
    return HTTPAnswer(status: status, headers: headers, body: Array(bytes[(start + 4)...]))
  }

  struct NoAnswer: Error { let text: String }
}

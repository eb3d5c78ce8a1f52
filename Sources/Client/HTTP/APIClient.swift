import AsyncHTTPClient
import NIOCore
import NIOSSL

/// An answer to a request.
package struct APIAnswer: Sendable {
  /// The status.
  package let status: Int
  /// The first value of each header, by its name in lower case.
  package let headers: [String: String]
  /// The body.
  package let body: [UInt8]
}

/// Asks one server over HTTP. To be shut down after use.
package final class APIClient: Sendable {
  /// How long a connection may take to come about.
  private static let connectSeconds: Int64 = 5
  /// Larger answers are not read: a page of the interface has some ten thousand bytes.
  package static let answerBytesMax = 4 << 20

  /// The server.
  package let address: ServerAddress
  private let client: HTTPClient

  /// A client of a server. `certificates` is a PEM file with the authorities to trust instead of
  /// the system's.
  package init(_ address: ServerAddress, certificates: String? = nil) throws(ClientFailure) {
    self.address = address
    var configuration = HTTPClient.Configuration()
    configuration.timeout.connect = .seconds(Self.connectSeconds)
    // One connection each: a server that was restarted must not cost an attempt.
    configuration.connectionPool.retryConnectionEstablishment = false
    configuration.httpVersion = .http1Only
    configuration.redirectConfiguration = .disallow
    configuration.tlsConfiguration = try Trust.configuration(certificates)
    client = HTTPClient(configuration: configuration)
  }

  /// Sends a request and reads the whole answer, whatever its status. Throws
  /// `ClientFailure`.
  package func send(_ request: APIRequest) async throws -> APIAnswer {
    var message = HTTPClientRequest(url: address.url(request.path))
    message.method = .RAW(value: request.method)
    for (name, value) in request.headers { message.headers.add(name: name, value: value) }
    if let token = request.token {
      message.headers.add(name: "Authorization", value: "Bearer \(token)")
    }
    if let body = request.body {
      message.headers.add(name: "Content-Type", value: "application/json")
      message.body = .bytes(body)
    }
    do {
      return try await answer(to: message, milliseconds: request.timeoutMilliseconds)
    } catch {
      throw ClientFailure(error, timeoutMilliseconds: request.timeoutMilliseconds)
    }
  }

  private func answer(
    to request: HTTPClientRequest, milliseconds: Int
  ) async throws -> APIAnswer {
    let response = try await client.execute(request, timeout: .milliseconds(Int64(milliseconds)))
    let body: ByteBuffer
    do {
      body = try await response.body.collect(upTo: Self.answerBytesMax)
    } catch is NIOTooManyBytesError {
      throw ClientFailure.answerTooLarge(limitBytes: Self.answerBytesMax)
    }
    let headers = response.headers.reduce(into: [String: String]()) { headers, header in
      headers[header.name.lowercased()] = headers[header.name.lowercased()] ?? header.value
    }
    return APIAnswer(
      status: Int(response.status.code), headers: headers, body: Array(body.readableBytesView))
  }

  /// Closes what is open.
  package func shutdown() async { try? await client.shutdown() }
}

/// One request.
package struct APIRequest: Sendable {
  /// Such as `GET`.
  package var method: String
  /// From the first slash on.
  package var path: String
  /// JSON.
  package var body: [UInt8]?
  /// The access token.
  package var token: String?
  /// Further headers.
  package var headers: [String: String]
  /// How long the whole of it may take.
  package var timeoutMilliseconds = 10_000

  /// A request.
  package init(
    _ method: String, _ path: String, body: String? = nil, token: String? = nil,
    headers: [String: String] = [:]
  ) {
    self.method = method
    self.path = path
    self.body = body.map { Array($0.utf8) }
    self.token = token
    self.headers = headers
  }
}

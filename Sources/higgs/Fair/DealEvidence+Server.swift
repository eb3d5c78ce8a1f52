import AsyncHTTPClient
import Core
import NIOCore

extension DealEvidence {
  private static let connectSeconds: Int64 = 5
  private static let timeoutSeconds: Int64 = 20

  /// A hand of a running server.
  init(hand: ID<Hand>, server: String, token: String?) async throws {
    let base = server.hasSuffix("/") ? String(server.dropLast()) : server
    let address = "\(base)/v1/hands/\(hand)/replay"
    var request = HTTPClientRequest(url: address)
    if let token { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
    let body: [UInt8]
    do {
      body = try await Self.answer(to: request) { status throws(FairFailure) in
        try Self.check(status, hand: hand, server: base)
      }
    } catch let error as FairFailure {
      throw error
    } catch {
      throw FairFailure(.unavailable, "\(base) cannot be reached: \(error). Check --url.")
    }
    try self.init(json: body, of: address)
  }

  private static func answer(
    to request: HTTPClientRequest, check: @Sendable (UInt) throws -> Void
  ) async throws -> [UInt8] {
    var configuration = HTTPClient.Configuration()
    configuration.timeout.connect = .seconds(connectSeconds)
    configuration.connectionPool.retryConnectionEstablishment = false
    let client = HTTPClient(configuration: configuration)
    do {
      let response = try await client.execute(request, timeout: .seconds(timeoutSeconds))
      try check(response.status.code)
      let body = try await response.body.collect(upTo: InputText.bytesMax)
      try await client.shutdown()
      return Array(body.readableBytesView)
    } catch {
      try? await client.shutdown()
      throw error
    }
  }

  private static func check(_ status: UInt, hand: ID<Hand>, server: String) throws(FairFailure) {
    switch status {
    case 200: return
    case 401, 403:
      throw FairFailure(
        .unavailable, "\(server) shows this hand to its players only. Give it --token-file.")
    case 404: throw FairFailure(.noSuchInput, "\(server) knows no hand \(hand).")
    case 409:
      throw FairFailure(
        .noSuchInput, "hand \(hand) is being played; its seed is not revealed yet.")
    default: throw FairFailure(.unavailable, "\(server) answered with status \(status).")
    }
  }
}

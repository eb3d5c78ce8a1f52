import AsyncHTTPClient
import Core
import NIOCore

extension DealEvidence {
  private static let timeoutSeconds: Int64 = 20

  /// A hand of a running server.
  init(hand: ID<Hand>, server: String, token: String?) async throws {
    let base = server.hasSuffix("/") ? String(server.dropLast()) : server
    var request = HTTPClientRequest(url: "\(base)/v1/hands/\(hand)")
    if let token { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
    let body: ByteBuffer
    do {
      let response = try await HTTPClient.shared.execute(
        request, timeout: .seconds(Self.timeoutSeconds))
      try Self.check(response.status.code, hand: hand, server: base)
      body = try await response.body.collect(upTo: InputText.bytesMax)
    } catch let error as FairFailure {
      throw error
    } catch {
      throw FairFailure(.unavailable, "\(base) cannot be reached: \(error). Check --url.")
    }
    try self.init(json: Array(body.readableBytesView), of: "\(base)/v1/hands/\(hand)")
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

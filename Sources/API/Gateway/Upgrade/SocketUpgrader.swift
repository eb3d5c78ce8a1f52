import Crypto
import Foundation
import NIOCore
import NIOHTTP1

/// Turns a connection's first request into a socket. What it refuses goes on to the routes, which
/// say why.
struct SocketUpgrader: NIOTypedHTTPServerProtocolUpgrader {
  typealias UpgradeResult = ConnectionKind

  let gateway: Gateway
  let check: UpgradeCheck
  let proxies: TrustedProxies

  let supportedProtocol = "websocket"
  let requiredUpgradeHeaders: [String] = []

  /// RFC 6455, section 1.3.
  private static let acceptSuffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

  private struct Refused: Error {}

  /// Whether the request becomes a socket; from then on that counts until the channel closes.
  func admits(_ head: HTTPRequestHead, _ channel: any Channel) -> Bool {
    let address = address(head, channel)
    guard head.method == .GET, path(head) == UpgradeCheck.path, check.refusal(head) == nil,
      gateway.enter(address)
    else { return false }
    channel.closeFuture.whenComplete { [gateway] _ in gateway.leave(address) }
    return true
  }

  func buildUpgradeResponse(
    channel: any Channel, upgradeRequest: HTTPRequestHead, initialResponseHeaders: HTTPHeaders
  ) -> EventLoopFuture<HTTPHeaders> {
    guard let key = upgradeRequest.headers.first(name: "Sec-WebSocket-Key") else {
      return channel.eventLoop.makeFailedFuture(Refused())
    }
    var headers = initialResponseHeaders
    headers.replaceOrAdd(name: "Upgrade", value: "websocket")
    headers.add(name: "Sec-WebSocket-Accept", value: Self.accept(key))
    return channel.eventLoop.makeSucceededFuture(headers)
  }

  func upgrade(
    channel: any Channel, upgradeRequest: HTTPRequestHead
  ) -> EventLoopFuture<ConnectionKind> {
    channel.eventLoop.makeCompletedFuture {
      let operations = channel.pipeline.syncOperations
      if let guardian = try? operations.handler(type: ConnectionGuard.self) {
        guardian.requestCame()
        operations.removeHandler(guardian, promise: nil)
      }
      guard let handler = gateway.handler(on: channel) else { throw Refused() }
      try operations.addHandler(handler)
      return .socket
    }
  }

  private func path(_ head: HTTPRequestHead) -> Substring {
    head.uri.prefix { $0 != "?" }
  }

  private func address(_ head: HTTPRequestHead, _ channel: any Channel) -> String {
    proxies.address(
      forwarded: head.headers["X-Forwarded-For"],
      peer: channel.remoteAddress?.ipAddress ?? "unknown")
  }

  private static func accept(_ key: String) -> String {
    Data(Insecure.SHA1.hash(data: Data((key + acceptSuffix).utf8))).base64EncodedString()
  }
}

package import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import NIOWebSocket

/// Opens WebSockets to one server.
package struct WebSocketClient: Sendable {
  /// How long a connection, and then the upgrade, may take.
  private static let openSeconds: Int64 = 5
  /// Larger messages end the connection: a snapshot has some thousand bytes.
  private static let messageBytesMax = 1 << 20
  private static let fragmentsMax = 64

  private let address: ServerAddress
  private let tls: NIOSSLContext?

  /// A client of a server; `certificates` is as for `APIClient`.
  package init(_ address: ServerAddress, certificates: String? = nil) throws(ClientFailure) {
    self.address = address
    guard address.isSecure else {
      tls = nil
      return
    }
    let configuration = try Trust.configuration(certificates)
    do {
      tls = try NIOSSLContext(configuration: configuration)
    } catch { throw ClientFailure.notSecure("\(error)") }
  }

  /// Connects and upgrades; from then on the receiver hears of everything. Throws `ClientFailure`.
  package func open(
    path: String, on loop: any EventLoop, _ receiver: any WebSocketReceiver
  ) async throws {
    do {
      try await upgraded(path: address.prefix + path, on: loop, receiver)
    } catch {
      throw ClientFailure(error, timeoutMilliseconds: Int(Self.openSeconds) * 1_000)
    }
  }

  private func upgraded(
    path: String, on loop: any EventLoop, _ receiver: any WebSocketReceiver
  ) async throws {
    let upgraded = loop.makePromise(of: Void.self)
    let asking = UpgradeRequest(path: path, host: address.authority, upgraded)
    let channel: any Channel
    do {
      channel = try await ClientBootstrap(group: loop)
        .connectTimeout(.seconds(Self.openSeconds))
        .channelOption(.tcpOption(.tcp_nodelay), value: 1)
        .channelInitializer { channel in
          channel.eventLoop.makeCompletedFuture {
            try prepare(channel, asking, receiver, upgraded)
          }
        }
        .connect(host: address.host, port: address.port).get()
    } catch {
      upgraded.fail(error)
      throw error
    }
    let deadline = loop.scheduleTask(in: .seconds(Self.openSeconds)) {
      upgraded.fail(ClientFailure.timedOut(milliseconds: Int(Self.openSeconds) * 1_000))
      channel.close(promise: nil)
    }
    channel.closeFuture.whenComplete { _ in upgraded.fail(ChannelError.eof) }
    defer { deadline.cancel() }
    try await upgraded.futureResult.get()
  }

  private func prepare(
    _ channel: any Channel, _ asking: UpgradeRequest, _ receiver: any WebSocketReceiver,
    _ upgraded: EventLoopPromise<Void>
  ) throws {
    let pipeline = channel.pipeline.syncOperations
    if let tls {
      // An address goes into no server name; the certificate is then held against the address.
      let name = (try? SocketAddress(ipAddress: address.host, port: 0)) == nil
      try pipeline.addHandler(
        NIOSSLClientHandler(context: tls, serverHostname: name ? address.host : nil))
    }
    let upgrader = NIOWebSocketClientUpgrader(maxFrameSize: Self.messageBytesMax) { channel, _ in
      channel.eventLoop.makeCompletedFuture {
        try Self.finish(channel, receiver)
        upgraded.succeed()
      }
    }
    try pipeline.addHTTPClientHandlers(
      withClientUpgrade: (
        upgraders: [upgrader],
        completionHandler: { context in
          context.pipeline.syncOperations.removeHandler(asking, promise: nil)
        }
      ))
    try pipeline.addHandler(asking)
  }

  private static func finish(
    _ channel: any Channel, _ receiver: any WebSocketReceiver
  ) throws {
    try channel.pipeline.syncOperations.addHandlers(
      NIOWebSocketFrameAggregator(
        minNonFinalFragmentSize: 0, maxAccumulatedFrameCount: fragmentsMax,
        maxAccumulatedFrameSize: messageBytesMax),
      WebSocketHandler(receiver))
  }
}

/// Sends the request that asks for the upgrade, and hears if it is refused.
private final class UpgradeRequest: ChannelInboundHandler, RemovableChannelHandler, Sendable {
  typealias InboundIn = HTTPClientResponsePart
  typealias OutboundOut = HTTPClientRequestPart

  private let path: String
  private let host: String
  private let upgraded: EventLoopPromise<Void>

  init(path: String, host: String, _ upgraded: EventLoopPromise<Void>) {
    self.path = path
    self.host = host
    self.upgraded = upgraded
  }

  func channelActive(context: ChannelHandlerContext) {
    let head = HTTPRequestHead(
      version: .http1_1, method: .GET, uri: path,
      headers: ["Host": host, "Content-Length": "0"])
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard case .head(let head) = unwrapInboundIn(data) else { return }
    upgraded.fail(ClientFailure.upgradeRefused(status: Int(head.status.code)))
    context.close(promise: nil)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    upgraded.fail(error)
    context.close(promise: nil)
  }
}

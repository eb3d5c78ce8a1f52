import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1

/// What a connection becomes with its first request.
enum ConnectionKind: Sendable {
  /// Requests and answers, as Hummingbird handles them.
  case http(NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>)
  /// A socket; its handler does everything.
  case socket
}

/// A connection that was accepted; what it becomes is known later.
struct ConnectionValue: ServerChildChannelValue {
  let channel: any Channel
  let kind: EventLoopFuture<ConnectionKind>
}

/// A connection: HTTP/1.1, of which the first request may become a socket.
struct ConnectionChannel: HTTPChannelHandler {
  typealias Value = ConnectionValue

  let responder: Responder
  let upgrader: SocketUpgrader
  let limits: APILimits

  private static let headerFieldsMax = 100
  private static let headerBytesMax = 32 << 10

  func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<ConnectionValue> {
    channel.eventLoop.makeCompletedFuture {
      try channel.pipeline.syncOperations.addHandler(ConnectionGuard(limits: limits))
      try? channel.syncOptions?.setOption(.tcpOption(.tcp_nodelay), value: 1)
      let kind = try channel.pipeline.syncOperations.configureUpgradableHTTPServerPipeline(
        configuration: configuration(logger))
      let decoder = try channel.pipeline.syncOperations.handler(
        type: ByteToMessageHandler<HTTPRequestDecoder>.self)
      try channel.pipeline.syncOperations.addHandler(
        UpgradeGate(upgrader: upgrader), position: .after(decoder))
      return ConnectionValue(channel: channel, kind: kind)
    }
  }

  /// A socket is left alone: it ends by itself, and waiting for it here would hold up a shutdown.
  func handle(value: ConnectionValue, logger: Logger) async {
    guard case .http(let channel) = try? await value.kind.get() else { return }
    await handleHTTP(asyncChannel: channel, logger: logger)
  }

  private func configuration(
    _ logger: Logger
  ) -> NIOUpgradableHTTPServerPipelineConfiguration<ConnectionKind> {
    let upgrade = NIOTypedHTTPServerUpgradeConfiguration<ConnectionKind>(
      upgraders: [upgrader]
    ) { channel in
      channel.eventLoop.makeCompletedFuture { try Self.beginHTTP(channel, limits, logger) }
    }
    var configuration = NIOUpgradableHTTPServerPipelineConfiguration(upgradeConfiguration: upgrade)
    // Hummingbird validates what it writes.
    configuration.enableResponseHeaderValidation = false
    configuration.decoderConfiguration.maxHeaderFieldCount = Self.headerFieldsMax
    configuration.decoderConfiguration.maxHeaderListSize = Self.headerBytesMax
    configuration.decoderConfiguration.maxHeaderFieldSize = Self.headerBytesMax
    return configuration
  }

  private static func beginHTTP(
    _ channel: any Channel, _ limits: APILimits, _ logger: Logger
  ) throws -> ConnectionKind {
    let operations = channel.pipeline.syncOperations
    try operations.handler(type: ConnectionGuard.self).requestCame()
    try operations.addHandler(HTTP1ToHTTPServerCodec(secure: false))
    try operations.addHandler(
      HTTPConnectionStateHandler(
        idleTimeout: .seconds(limits.idleSeconds), logger: logger))
    return .http(
      try NIOAsyncChannel(
        wrappingChannelSynchronously: channel,
        configuration: .init(isOutboundHalfClosureEnabled: true)))
  }
}

import NIOCore
import NIOPosix
import NIOSSL

/// Opens connections: TCP, and TLS with the server's certificate and name checked.
struct Transport: Sendable {
  private let configuration: RedisConfiguration
  private let tls: NIOSSLContext?

  init(_ configuration: RedisConfiguration) throws(RedisError) {
    self.configuration = configuration
    tls = configuration.usesTLS ? try Self.context(configuration.certificateFile) : nil
  }

  private static func context(_ certificates: String?) throws(RedisError) -> NIOSSLContext {
    var configuration = TLSConfiguration.makeClientConfiguration()
    configuration.minimumTLSVersion = .tlsv12
    configuration.certificateVerification = .fullVerification
    do {
      if let certificates {
        let trusted = try NIOSSLCertificate.fromPEMFile(certificates)
        guard !trusted.isEmpty else {
          throw RedisError.invalidCertificates("\(certificates) has no certificates (PEM)")
        }
        configuration.trustRoots = .certificates(trusted)
      }
      return try NIOSSLContext(configuration: configuration)
    } catch let error as RedisError {
      throw error
    } catch {
      throw .invalidCertificates(
        "\(certificates ?? "the system's certificates") cannot be read as certificates (PEM): "
          + "\(error)")
    }
  }

  /// A channel whose replies go to the handler that `makeHandler` makes, on the event loop.
  func connect(
    on eventLoop: any EventLoop, _ makeHandler: @escaping @Sendable () -> ReplyHandler
  ) -> EventLoopFuture<any Channel> {
    let (tls, host) = (tls, configuration.host)
    return ClientBootstrap(group: eventLoop)
      .connectTimeout(.milliseconds(Int64(configuration.connectTimeoutMilliseconds)))
      .channelOption(.tcpOption(.tcp_nodelay), value: 1)
      .channelOption(.socketOption(.so_keepalive), value: 1)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let operations = channel.pipeline.syncOperations
          if let tls { try operations.addHandler(try Self.handler(tls, host)) }
          try operations.addHandler(makeHandler())
        }
      }
      .connect(host: host, port: configuration.port)
  }

  /// TLS does not name addresses: for one the certificate is held against the peer's address.
  private static func handler(_ tls: NIOSSLContext, _ host: String) throws -> NIOSSLClientHandler {
    do {
      return try NIOSSLClientHandler(context: tls, serverHostname: host)
    } catch let error as NIOSSLExtraError where error == .cannotUseIPAddressInSNI {
      return try NIOSSLClientHandler(context: tls, serverHostname: nil)
    }
  }
}

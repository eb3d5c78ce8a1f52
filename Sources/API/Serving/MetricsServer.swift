import Hummingbird
import HummingbirdCore
import Logging
import NIOPosix
package import ServiceLifecycle
package import Telemetry

/// `/metrics` on a port of its own, for networks where players reach the other one.
package struct MetricsServer: Sendable {
  private let host: String
  private let port: Int
  private let registry: PrometheusRegistry

  /// Connections at once; a few scrapers.
  private static let connectionsMax = 64
  private static let idleSeconds: Int64 = 60

  /// A server of a registry's metrics; port 0 takes a free one.
  package init(host: String, port: Int, registry: PrometheusRegistry) {
    self.host = host
    self.port = port
    self.registry = registry
  }

  /// The service that listens; `onListening` gets the port.
  package func service(onListening: @escaping @Sendable (Int) -> Void) -> any Service {
    let router = Router(context: APIContext.self, options: [.autoGenerateHeadEndpoints])
    router.add(middleware: RequestEnvelope(proxies: TrustedProxies(count: 0)))
    router.get("metrics", use: MetricsHandler(registry: registry).metrics)
    var logger = Logger(label: "metrics")
    logger.logLevel = .notice
    return Application(
      router: router,
      server: .http1(configuration: .init(idleTimeout: .seconds(Self.idleSeconds))),
      configuration: ApplicationConfiguration(
        address: .hostname(host, port: port), serverName: nil,
        availableConnectionsDelegate: MaximumAvailableConnections(Self.connectionsMax)),
      onServerRunning: { channel in onListening(channel.localAddress?.port ?? 0) },
      eventLoopGroupProvider: .shared(MultiThreadedEventLoopGroup.singleton), logger: logger)
  }
}

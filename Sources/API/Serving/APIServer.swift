package import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
package import NIOCore
import NIOPosix
package import ServiceLifecycle

/// How the API is served.
package struct APIConfiguration: Sendable {
  /// Address to listen at.
  package var host: String
  /// Port; 0 takes a free one.
  package var port: Int
  /// The named limits.
  package var limits = APILimits()
  /// How many proxies of our own stand in front.
  package var proxies = TrustedProxies(count: 0)
  /// Origins from which browsers may open sockets, beside the server's own.
  package var allowedOrigins: Set<String> = []
  /// The folder of the page; nil serves none.
  package var webRoot: URL?
  /// The OpenAPI file's text.
  package var openAPI = ""
  /// Whether `/metrics` is among the routes; false where it has a port of its own.
  package var servesMetrics = true
  /// What anybody may know.
  package var publicConfiguration: PublicConfiguration

  /// The usual server at an address.
  package init(host: String, port: Int, publicConfiguration: PublicConfiguration) {
    self.host = host
    self.port = port
    self.publicConfiguration = publicConfiguration
  }
}

/// The HTTP server with the WebSocket gateway in it.
package struct APIServer: Sendable {
  let configuration: APIConfiguration
  let services: APIServices
  let eventLoops: any EventLoopGroup
  /// The sockets.
  package let gateway: Gateway

  /// A server of these services. Nothing listens before `service`'s `run`.
  package init(
    configuration: APIConfiguration, services: APIServices,
    eventLoops: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
  ) {
    self.configuration = configuration
    self.services = services
    self.eventLoops = eventLoops
    gateway = Gateway(
      limits: configuration.limits, identity: services.identity, players: services.players,
      tables: services.tables, presence: services.presence,
      maintenance: configuration.publicConfiguration.maintenance, eventLoops: eventLoops)
  }

  /// The service that listens; `onListening` gets the port.
  package func service(onListening: @escaping @Sendable (Int) -> Void) -> any Service {
    let check = UpgradeCheck(allowedOrigins: configuration.allowedOrigins)
    let routes = Routes(
      services: services, limits: configuration.limits, proxies: configuration.proxies,
      socketRefusal: SocketRefusal(check: check),
      configuration: configuration.publicConfiguration,
      documents: APIDocuments(openAPI: configuration.openAPI),
      servesMetrics: configuration.servesMetrics,
      files: configuration.webRoot.map { StaticFiles(root: $0) })
    var logger = Logger(label: "http")
    logger.logLevel = .notice
    let (limits, upgrader) = (
      configuration.limits,
      SocketUpgrader(gateway: gateway, check: check, proxies: configuration.proxies)
    )
    return Application(
      router: routes.router(),
      server: HTTPServerBuilder { responder in
        ConnectionChannel(responder: responder, upgrader: upgrader, limits: limits)
      },
      configuration: ApplicationConfiguration(
        address: .hostname(configuration.host, port: configuration.port), serverName: nil,
        backlog: Self.backlog,
        availableConnectionsDelegate: MaximumAvailableConnections(limits.connectionsMax)),
      onServerRunning: { channel in onListening(channel.localAddress?.port ?? 0) },
      eventLoopGroupProvider: .shared(eventLoops), logger: logger)
  }

  /// Connections that may wait to be accepted.
  private static let backlog = 1_024
}

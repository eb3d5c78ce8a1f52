package import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
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
  /// The folder of the page; nil serves none.
  package var webRoot: URL?
  /// The OpenAPI file's text.
  package var openAPI = ""
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

  /// A server of these services. Nothing listens before `service`'s `run`.
  package init(configuration: APIConfiguration, services: APIServices) {
    self.configuration = configuration
    self.services = services
  }

  /// The service that listens; `onListening` gets the port.
  package func service(onListening: @escaping @Sendable (Int) -> Void) -> any Service {
    let routes = Routes(
      services: services, limits: configuration.limits, proxies: configuration.proxies,
      configuration: configuration.publicConfiguration,
      documents: APIDocuments(openAPI: configuration.openAPI),
      files: configuration.webRoot.map { StaticFiles(root: $0) })
    var logger = Logger(label: "http")
    logger.logLevel = .notice
    return Application(
      router: routes.router(),
      server: .http1(configuration: .init(idleTimeout: .seconds(Int64(configuration.limits.idleSeconds)))),
      configuration: ApplicationConfiguration(
        address: .hostname(configuration.host, port: configuration.port), serverName: nil),
      onServerRunning: { channel in onListening(channel.localAddress?.port ?? 0) },
      logger: logger)
  }
}

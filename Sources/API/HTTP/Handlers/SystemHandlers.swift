import HTTPTypes
import Hummingbird
import Tables

/// What operators and clients ask of the server itself.
struct SystemHandlers {
  let readiness: Readiness
  let limits: APILimits
  let configuration: PublicConfiguration

  private struct Health: Encodable {
    var status: String
    var problems: [String]?
  }

  private struct Config: Encodable {
    var version: String
    var protocolVersion: Int
    var features: [String: Bool]
    var maintenance: Bool
    var emotes: [String]
    var limits: [String: Int]
  }

  /// GET /health/live
  func live(_ request: Request, _ context: APIContext) async throws -> Response {
    try JSONAnswer.response(Health(status: "ok"))
  }

  /// GET /health/ready
  func ready(_ request: Request, _ context: APIContext) async throws -> Response {
    let problems = await readiness.problems()
    return try JSONAnswer.response(
      Health(
        status: problems.isEmpty ? "ok" : "unavailable",
        problems: problems.isEmpty ? nil : problems),
      status: problems.isEmpty ? .ok : .serviceUnavailable)
  }

  /// GET /v1/config
  func config(_ request: Request, _ context: APIContext) async throws -> Response {
    try JSONAnswer.response(
      Config(
        version: configuration.version, protocolVersion: ProtocolVersion.current,
        features: [
          "bots": configuration.hasBots, "tournaments": configuration.hasTournaments,
          "social": configuration.hasSocial,
        ],
        maintenance: configuration.maintenance != nil, emotes: Emote.allCases.map(\.rawValue),
        limits: [
          "message_bytes": limits.messageBytes, "rooms_per_socket": limits.roomsPerSocket,
          "sockets_per_player": limits.socketsPerPlayer, "page_items": PageRequest.limitMax,
        ]))
  }
}

/// What anybody may know of the server's configuration.
package struct PublicConfiguration: Sendable {
  /// The release.
  package var version: String
  /// Whether bots sit down.
  package var hasBots: Bool
  /// Whether tournaments are offered.
  package var hasTournaments = false
  /// Whether friends, chats and clubs are offered.
  package var hasSocial = false
  /// Nil while the server is not being maintained.
  package var maintenance: Maintenance?

  /// A configuration as it stands.
  package init(version: String, hasBots: Bool) {
    self.version = version
    self.hasBots = hasBots
  }
}

/// The versions of the socket's protocol that this server speaks.
package enum ProtocolVersion {
  /// The one that clients should speak.
  package static let current = 1
  /// The oldest one that is still spoken.
  package static let oldest = 1
}

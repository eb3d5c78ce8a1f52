package import Platform
package import Telemetry

/// What the routes work with.
package struct APIServices: Sendable {
  /// Guests, sign-ins, tokens.
  package var identity: Identity
  /// Profiles, wallets, histories.
  package var players: Players
  /// Games, stakes, rooms, hands.
  package var lobby: Lobby
  /// Requests that may be repeated.
  package var idempotency: Idempotency
  /// The live tables.
  package var tables: TableAccess
  /// What is measured.
  package var metrics: PrometheusRegistry
  /// Who is online.
  package var presence: Presence
  /// What nodes share; nil where this one is alone.
  package var redis: SharedRedis?
  /// Whether the node takes work: the database answers, rooms are hosted, no shutdown.
  package var readiness: Readiness

  /// These services.
  package init(
    identity: Identity, players: Players, lobby: Lobby, idempotency: Idempotency,
    tables: TableAccess, metrics: PrometheusRegistry, readiness: Readiness,
    presence: Presence = Presence(), redis: SharedRedis? = nil
  ) {
    self.identity = identity
    self.players = players
    self.lobby = lobby
    self.idempotency = idempotency
    self.tables = tables
    self.metrics = metrics
    self.readiness = readiness
    self.presence = presence
    self.redis = redis
  }
}

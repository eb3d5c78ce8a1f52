/// The named limits of the API and the gateway.
package struct APILimits: Sendable {
  /// Requests of one address.
  package var requestsPerAddress = RateLimit(burst: 200, perSecond: 50)
  /// Requests of one player.
  package var requestsPerPlayer = RateLimit(burst: 60, perSecond: 20)
  /// New guests, sign-ins and refreshes of one address.
  package var signInsPerAddress = RateLimit(burst: 30, perSecond: 0.5)
  /// Upgrades to sockets of one address.
  package var upgradesPerAddress = RateLimit(burst: 40, perSecond: 5)
  /// Sockets of one address at once.
  package var socketsPerAddress = 100
  /// Sockets of one player at once.
  package var socketsPerPlayer = 5
  /// Sockets of the node at once.
  package var socketsMax = 50_000
  /// Connections of the node at once, sockets included.
  package var connectionsMax = 60_000
  /// Rooms that a socket watches at once.
  package var roomsPerSocket = 8
  /// Messages of a socket.
  package var messagesPerSocket = RateLimit(burst: 60, perSecond: 20)
  /// Commands of a socket that wait for their answer.
  package var commandsInFlight = 16
  /// The largest message of a client, in bytes, all its fragments together.
  package var messageBytes = 4_096
  /// Frames that wait for a slow client.
  package var queuedFrames = 64
  /// Bytes that wait for a slow client.
  package var queuedBytes = 64 << 10
  /// How long the oldest frame may wait.
  package var queuedSeconds = 5
  /// How long a client may take for its `hello`.
  package var helloSeconds = 5
  /// Silence after which a ping is sent.
  package var pingSeconds = 25
  /// Silence after which a socket is given up.
  package var silenceSeconds = 60
  /// How long a socket lives on after its token has ended.
  package var tokenGraceSeconds = 30
  /// How long a connection may take for its first request.
  package var firstRequestSeconds = 10
  /// How long a connection may lie between requests, and how long a client may not read.
  package var idleSeconds = 60
  /// The longest delay of a close at shutdown.
  package var closeSpreadSeconds = 3

  /// The usual limits.
  package init() {}

  /// The same with limits per address and per player so many times as wide, for load tests and for
  /// servers behind one address.
  package func widened(_ factor: Double) -> APILimits {
    var limits = self
    limits.requestsPerAddress = requestsPerAddress.times(factor)
    limits.requestsPerPlayer = requestsPerPlayer.times(factor)
    limits.signInsPerAddress = signInsPerAddress.times(factor)
    limits.upgradesPerAddress = upgradesPerAddress.times(factor)
    limits.socketsPerAddress = Int(Double(socketsPerAddress) * factor)
    limits.messagesPerSocket = messagesPerSocket.times(factor)
    return limits
  }
}

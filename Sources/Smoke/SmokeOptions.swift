package import Client

/// How the smoke test is done.
package struct SmokeOptions: Sendable {
  /// The server.
  package var address: ServerAddress
  /// PEM file with the authorities to trust instead of the system's.
  package var certificates: String?
  /// How long all of it may take.
  package var timeoutSeconds: Int
  /// How long a server that cannot be reached is waited for at the beginning.
  package var waitSeconds: Int
  /// How long to think before each move, for tests that do something meanwhile.
  package var pauseBeforeMoveMilliseconds: Int
  /// Whether to play at a private table with bots, where no player of the server is met.
  package var isPrivate: Bool

  /// All of it.
  package init(
    address: ServerAddress, certificates: String? = nil, timeoutSeconds: Int = 120,
    waitSeconds: Int = 0, pauseBeforeMoveMilliseconds: Int = 0, isPrivate: Bool = false
  ) {
    self.address = address
    self.certificates = certificates
    self.timeoutSeconds = timeoutSeconds
    self.waitSeconds = waitSeconds
    self.pauseBeforeMoveMilliseconds = pauseBeforeMoveMilliseconds
    self.isPrivate = isPrivate
  }
}

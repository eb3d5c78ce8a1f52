/// What is published of a deal once its hand has ended; enough to verify it without a server.
package struct DealRecord: Codable, Sendable, Equatable {
  /// How the deck follows from the seeds; `DealRecord.currentScheme`.
  package var scheme: String
  /// The promise from before the hand, 64 hexadecimal digits.
  package var commit: String
  /// The revealed seed, 64 hexadecimal digits.
  package var serverSeed: String
  /// The seeds of the seats that played, in rising order of seats.
  package var clientSeeds: [String]
  /// The hand's number at its table.
  package var nonce: UInt64
  /// The deck that was dealt: tile ids in dealing order.
  package var deck: [UInt8]

  /// The one scheme there is.
  package static let currentScheme = "hmac-sha256-fisher-yates-1"

  private enum CodingKeys: String, CodingKey {
    case scheme, commit, nonce, deck
    case serverSeed = "server_seed"
    case clientSeeds = "client_seeds"
  }

  /// The record of a deal as its server writes it.
  package init(server: ServerSeed, clients: [ClientSeed], nonce: UInt64) {
    scheme = DealRecord.currentScheme
    commit = server.commit.hexadecimal
    serverSeed = server.hexadecimal
    clientSeeds = clients.map(\.text)
    self.nonce = nonce
    deck = Shuffle(server: server, clients: clients, nonce: nonce).deck
  }
}

package import Core
package import Postgres
package import Store

/// What the lobby shows, and hands that are over.
package struct Lobby: Sendable {
  let pool: PostgresPool

  /// The lobby behind a pool.
  package init(pool: PostgresPool) {
    self.pool = pool
  }

  /// The games that are offered.
  package func games() async throws -> [OfferedGame] { try await LobbyReads(pool).games() }

  /// The stake tiers of a game, or of all.
  package func stakes(game: String?) async throws -> [OfferedStake] {
    try await LobbyReads(pool).stakes(game: game)
  }

  /// A page of open public rooms, the newest first; with a join code the private room that it opens.
  package func rooms(
    game: String?, stake: String?, joinCode: String?, before: Int64?, limit: Int
  ) async throws -> [ListedRoom] {
    try await LobbyReads(pool).rooms(
      game: game, stake: stake, joinCode: joinCode, before: before, limit: Int32(limit))
  }

  /// A room that the player may see.
  package func room(_ id: SerialID<Room>, seenBy player: ID<Player>) async throws -> ListedRoom {
    guard let room = try await LobbyReads(pool).room(id, seenBy: player) else {
      throw PlatformError.notFound(.room)
    }
    return room
  }

  /// The rooms that a player sits in, with seat and stay.
  package func seats(
    of player: ID<Player>
  ) async throws -> [(room: Int64, seat: Int16, session: ID<Session>)] {
    try await LobbyReads(pool).seats(of: player)
  }

  /// A hand that is over, with its seats.
  package func finishedHand(_ id: ID<Hand>) async throws -> (FinishedHand, [FinishedSeat]) {
    let reads = HandReads(pool)
    guard let hand = try await reads.finished(id) else {
      if try await reads.isPlaying(id) { throw PlatformError.handRunning }
      throw PlatformError.notFound(.hand)
    }
    return (hand, try await reads.seats(of: id))
  }

  /// The moves of a hand that is over.
  package func moves(
    of hand: ID<Hand>
  ) async throws -> [(number: Int32, seat: Int16, actor: String, move: [UInt8])] {
    try await HandReads(pool).moves(of: hand)
  }
}

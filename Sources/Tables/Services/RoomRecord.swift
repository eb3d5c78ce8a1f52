package import Core
package import Fairness

/// All that the database knows of a room: what a host begins with.
package struct RoomRecord: Sendable {
  /// What stays the same for the room's life.
  package var room: RoomFacts
  /// Under which the room is hosted now.
  package var fence: Int64
  /// Whether it takes no new hands, or none ever again.
  package var status: Status
  /// How many hands have been started.
  package var handsStarted: Int
  /// Who sits, in rising order of seats.
  package var stays: [Stay]
  /// The promise of the next deal, where one was made.
  package var promise: SealedSeed?
  /// The hand that runs.
  package var hand: HandRecord?
  /// The last hand, where it was settled.
  package var last: EndedHand?
  /// The client seeds of the room's last hand, by stay.
  package var clientSeeds: [ID<Session>: ClientSeed]
  /// Who won the last hand, where still seated.
  package var winner: ID<Session>?
  /// Moves of the last few hands, the oldest first, for who was away and what is left of the time
  /// banks.
  package var recent: [RecentMove]

  /// How far a room is from its end.
  package enum Status: String, Sendable { case open, closing, closed }

  /// A room as it was read.
  package init(
    room: RoomFacts, fence: Int64, status: Status, handsStarted: Int, stays: [Stay],
    promise: SealedSeed? = nil, hand: HandRecord? = nil, last: EndedHand? = nil,
    clientSeeds: [ID<Session>: ClientSeed], winner: ID<Session>? = nil, recent: [RecentMove]
  ) {
    self.room = room
    self.fence = fence
    self.status = status
    self.handsStarted = handsStarted
    self.stays = stays
    self.promise = promise
    self.hand = hand
    self.last = last
    self.clientSeeds = clientSeeds
    self.winner = winner
    self.recent = recent
  }
}

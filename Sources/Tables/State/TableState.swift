package import Core
package import Domino
import Fairness

/// A table as it is committed: what a proposal is made from, and what it is applied to.
package struct TableState: Sendable {
  /// What stays the same.
  package let facts: RoomFacts
  /// Times and limits.
  package let policy: TablePolicy
  /// The deck that seeds and a hand's number give.
  let dealer: @Sendable (ServerSeed, [ClientSeed], UInt64) -> [UInt8]
  /// Under which the room is hosted.
  package let fence: Int64
  /// Whether new hands are dealt.
  package var status: RoomRecord.Status
  /// How many hands have been started.
  package var handsStarted: Int
  /// Who sits where; nil for a free seat.
  package var seats: [TableSeat?]
  /// The promise of the next deal.
  package var promise: PromisedDeal?
  /// The hand that is played.
  package var play: Play?
  /// How the last hand ended.
  package var last: EndedHand?
  /// Who won it, where still seated.
  package var winner: ID<Session>?

  /// Who sits at a seat.
  package subscript(seat: Seat) -> TableSeat? {
    get { Int(seat.number) < seats.count ? seats[Int(seat.number)] : nil }
    set { seats[Int(seat.number)] = newValue }
  }

  /// The seats that are taken, in rising order.
  package var taken: [(seat: Seat, stay: TableSeat)] {
    seats.indices.compactMap { index in
      guard let stay = seats[index], let seat = Seat(index) else { return nil }
      return (seat, stay)
    }
  }

  /// Where a player sits.
  package func seat(of player: ID<Player>) -> Seat? {
    for index in seats.indices where seats[index]?.player.id == player { return Seat(index) }
    return nil
  }

  /// The lowest free seat.
  package var freeSeat: Seat? {
    seats.indices.first { seats[$0] == nil }.flatMap { Seat($0) }
  }

  /// The seat that is promised to a player.
  package func seat(promisedTo player: ID<Player>) -> Seat? {
    for index in seats.indices where seats[index]?.promise?.player == player { return Seat(index) }
    return nil
  }

  /// A seat that a bot can give to a person: one that plays no hand, if there is one.
  package var seatOfBot: Seat? {
    let bots = taken.filter { $0.stay.player.isBot && $0.stay.promise == nil }
    return (bots.first { play?.deals($0.seat) != true } ?? bots.first)?.seat
  }

  /// Whether no person sits there.
  package var hasNoPeople: Bool { taken.allSatisfy(\.stay.player.isBot) }

  /// The chips of a seat now, with what was paid during the hand.
  package func chips(of seat: Seat) -> Chips {
    if let play, play.deals(seat), let entry = play.hand.stacks.first(where: { $0.seat == seat }) {
      return entry.stack
    }
    return self[seat]?.stack ?? .zero
  }

  /// Who can be dealt in: has chips for the base bet and does not leave.
  package var ready: [Seat] {
    taken.filter { !$0.stay.isLeaving && $0.stay.stack >= facts.baseBet }.map(\.seat)
  }

  /// Who sits there, for the lobby.
  package var occupancy: Occupancy {
    var people = 0
    var present = 0
    var bots = 0
    var promised = 0
    for case let stay? in seats {
      if stay.player.isBot {
        bots += 1
        if stay.promise != nil { promised += 1 }
      } else {
        people += 1
        if stay.awaySince == nil { present += 1 }
      }
    }
    return Occupancy(
      room: facts.id, stake: facts.stake, isPublic: facts.isPublic, seats: facts.seats,
      people: people, present: present, bots: bots, promised: promised,
      isOpen: status == .open)
  }
}

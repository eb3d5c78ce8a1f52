import Core
import Domino

/// Encodes events for those who may see them.
struct EventEncoder: Sendable {
  /// The room.
  let room: SerialID<Room>

  /// An encoder of a room's events.
  init(room: SerialID<Room>) { self.room = room }

  /// The event with this number, once for each class. `players` are the people in the seats.
  func encode(
    _ event: RoomEvent, seq: Int64, players: [(seat: Seat, player: ID<Player>)]
  ) -> EncodedEvent {
    let shared = Frame(bytes: bytes(event, seq: seq, for: .spectator), seq: seq)
    var own: [(player: ID<Player>, frame: Frame)] = []
    let seats = event.seatsWithOwnVersion
    if seats.bits != 0 {
      for entry in players where seats.contains(entry.seat) {
        let frame = Frame(bytes: bytes(event, seq: seq, for: .seat(entry.seat)), seq: seq)
        own.append((entry.player, frame))
      }
    }
    return EncodedEvent(shared: shared, own: own)
  }

  /// The event as the viewer may see it.
  func bytes(_ event: RoomEvent, seq: Int64, for viewer: Viewer) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("type")
    writer.value(event.name)
    writer.key("room")
    writer.value(room.rawValue)
    writer.key("seq")
    writer.value(seq)
    writer.members(of: event, for: viewer)
    writer.endObject()
    return writer.bytes
  }
}

extension RoomEvent {
  fileprivate var name: StaticString {
    switch self {
    case .seatTaken: "seat.taken"
    case .seatLeft: "seat.left"
    case .seatLeaving: "seat.leaving"
    case .seatPromised: "seat.promised"
    case .seatToppedUp: "seat.topped_up"
    case .dealCommitted: "deal.committed"
    case .handStarted: "hand.started"
    case .move(let move):
      switch move.event {
      case .placed, .ended: "tile.placed"
      case .passed: "seat.passed"
      case .drew: "tile.drawn"
      }
    case .handEnded: "hand.ended"
    case .handVoided: "hand.voided"
    case .roomClosed: "room.closed"
    case .trustee: "trustee"
    }
  }

  /// The seats that see more of it than everybody.
  fileprivate var seatsWithOwnVersion: SeatSet {
    switch self {
    case .seatTaken(let seat, _, _, _): return SeatSet([seat])
    case .handStarted(let started): return started.play.hand.setup.seated
    case .move(let move):
      var seats = SeatSet(move.turn.map { [$0.seat] } ?? [])
      if move.reference != nil, let mover = move.event.move?.seat {
        seats.bits |= 1 << mover.number
      }
      if case .drew(let seat, _) = move.event { seats.bits |= 1 << seat.number }
      return seats
    default: return SeatSet()
    }
  }
}

import Core
import Synchronization
import Tables

/// The rooms that are hosted here.
final class Registry: Sendable {
  /// A room with what the lobby knows of it.
  struct Hosted: Sendable {
    let room: TableRoom
    let fence: Int64
    var occupancy: Occupancy?
    /// How many bots the room is to have while people are there.
    var botsWanted = 0
  }

  private let rooms = Mutex<[SerialID<Room>: Hosted]>([:])
  private let strangers = Mutex<Set<SerialID<Room>>>([])

  subscript(id: SerialID<Room>) -> Hosted? { rooms.withLock { $0[id] } }

  var all: [Hosted] { rooms.withLock { Array($0.values) } }

  var count: Int { rooms.withLock { $0.count } }

  /// Adds a room, instead of an older one under another fence.
  func insert(_ hosted: Hosted) -> Hosted? {
    rooms.withLock { $0.updateValue(hosted, forKey: hosted.room.id) }
  }

  /// Forgets the room if it is this one.
  func remove(_ room: TableRoom) {
    rooms.withLock { rooms in
      if rooms[room.id]?.room === room { rooms[room.id] = nil }
    }
  }

  func remove(_ id: SerialID<Room>) { rooms.withLock { _ = $0.removeValue(forKey: id) } }

  /// Rooms of this node whose games nobody plays here.
  func leaveAlone(_ ids: [SerialID<Room>]) { strangers.withLock { $0.formUnion(ids) } }

  func leavesAlone(_ id: SerialID<Room>) -> Bool { strangers.withLock { $0.contains(id) } }

  /// Notes who sits there now; how many bots are missing.
  func note(_ occupancy: Occupancy) -> Int {
    rooms.withLock { rooms in
      guard rooms[occupancy.room] != nil else { return 0 }
      rooms[occupancy.room]?.occupancy = occupancy
      if occupancy.people == 0 { rooms[occupancy.room]?.botsWanted = occupancy.bots }
      guard occupancy.present > 0, occupancy.isOpen, let hosted = rooms[occupancy.room] else {
        return 0
      }
      return max(0, min(hosted.botsWanted - occupancy.bots, occupancy.free))
    }
  }

  /// Notes how many bots a room is to have.
  func want(bots: Int, in id: SerialID<Room>) {
    rooms.withLock { $0[id]?.botsWanted = bots }
  }

  /// Rooms of a tier where somebody can sit down: those with people first, of these those with a
  /// free seat, since a bot's comes free after the hand.
  func open(at stake: String) -> [Occupancy] {
    rooms.withLock { rooms in
      rooms.values.compactMap(\.occupancy).filter { room in
        room.stake == stake && room.isPublic && room.isOpen && room.forPeople > 0
          && (room.present > 0 || room.people == 0)
      }
    }.sorted { $0.rank > $1.rank }
  }
}

extension Occupancy {
  /// How good a table is for a person who wants to play now.
  fileprivate var rank: (Int, Int, Int, Int64) {
    (present > 0 ? 1 : 0, free > 0 ? 1 : 0, present, -room.rawValue)
  }
}

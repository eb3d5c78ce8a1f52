import API
import Core
import Hosting
import Synchronization
import Tables

/// Rooms that note what they are asked, and say what the test wants them to say.
final class FakeRooms: Sendable {
  private struct State {
    var commands: [PlayerCommand] = []
    var subscribers: [UInt64: Subscriber] = [:]
    var cursors: [Int64?] = []
    var seats: [SeatWish] = []
  }

  /// The only room.
  static let room = SerialID<Room>(rawValue: 12)
  private let state = Mutex(State())

  var commands: [PlayerCommand] { state.withLock { $0.commands } }
  var cursors: [Int64?] { state.withLock { $0.cursors } }
  var watchers: Int { state.withLock { $0.subscribers.count } }
  var wishes: [SeatWish] { state.withLock { $0.seats } }

  /// Says something to everybody who watches.
  func publish(_ text: String) {
    let frame = Frame(bytes: Array(text.utf8))
    for subscriber in state.withLock({ Array($0.subscribers.values) }) { subscriber.deliver(frame) }
  }

  var access: TableAccess {
    TableAccess(
      room: { id in id == Self.room ? .here(self.handle) : .notFound },
      open: { _ in RoomOpened(room: Self.room, seq: 3) },
      quickSeat: { wish in
        self.state.withLock { $0.seats.append(wish) }
        return SeatTaken(room: Self.room, seat: 0, session: wish.session, seq: 5)
      },
      addBots: { count, _ in BotsSeated(count: count, seq: 4) }, isReady: { true })
  }

  private var handle: RoomHandle {
    RoomHandle(
      subscribe: { subscriber, seq throws(CommandError) in
        self.state.withLock {
          $0.subscribers[subscriber.id] = subscriber
          $0.cursors.append(seq)
        }
        subscriber.deliver(Frame(bytes: Array(#"{"type":"snapshot","room":12}"#.utf8)))
      },
      unsubscribe: { id in self.state.withLock { $0.subscribers[id] = nil } },
      submit: { command, _ in
        self.state.withLock { $0.commands.append(command) }
        return .done(Done(seq: 7))
      })
  }
}

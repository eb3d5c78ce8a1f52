import Core
import NIOCore
import Platform
import Tables

/// What a client asked of rooms, done one after the other, in the order in which it was asked.
struct SocketWork {
  enum Job {
    case watch(ClientMessage.RoomCursor)
    case unwatch(SerialID<Room>)
    case command(ClientMessage.RoomCommand)
  }

  var jobs: [Job] = []
  var isRunning = false
  /// The rooms whose events are delivered.
  var rooms: [SerialID<Room>: RoomHandle] = [:]
  /// Whether the socket counts as one of its player's.
  var isAdmitted = false
}

extension SocketHandler {
  func watch(_ cursor: ClientMessage.RoomCursor) { add(.watch(cursor)) }

  func unwatch(_ room: SerialID<Room>) { add(.unwatch(room)) }

  func submit(_ command: ClientMessage.RoomCommand) {
    guard work.jobs.count < gateway.limits.commandsInFlight else {
      return send(
        ServerMessage.error(
          "busy", "Wait for the answers to your earlier commands.",
          reference: command.reference, room: command.room.rawValue))
    }
    add(.command(command))
  }

  /// Nothing of a socket that ends is delivered any more.
  func leaveRooms() {
    work.jobs = []
    let (id, rooms) = (id, work.rooms.values)
    work.rooms = [:]
    guard !rooms.isEmpty else { return }
    Task { for room in rooms { await room.unsubscribe(id) } }
  }

  private func add(_ job: SocketWork.Job) {
    work.jobs.append(job)
    if !work.isRunning { startNext() }
  }

  private func startNext() {
    guard !work.jobs.isEmpty, let player = access?.player else {
      work.isRunning = false
      return
    }
    work.isRunning = true
    switch work.jobs.removeFirst() {
    case .watch(let cursor): start(cursor, player)
    case .unwatch(let room): startUnwatch(room)
    case .command(let command): start(command, player)
    }
  }

  private func start(_ cursor: ClientMessage.RoomCursor, _ player: ID<Player>) {
    beginCatchUp()
    let (id, loop, gateway) = (id, loop, gateway)
    let subscriber = Subscriber(id: id, player: player, joinCode: cursor.joinCode) {
      loop.deliver($0, to: id)
    }
    Task {
      let result = await gateway.subscribe(subscriber, to: cursor)
      loop.with(id) {
        $0.watched(cursor.room, result)
      } orElse: {
        if case .success(let room) = result { Task { await room.unsubscribe(id) } }
      }
    }
  }

  private func watched(_ room: SerialID<Room>, _ result: Result<RoomHandle, CommandError>) {
    endCatchUp()
    switch result {
    case .success(let handle):
      guard isTakingFrames else {
        let id = id
        Task { await handle.unsubscribe(id) }
        return
      }
      work.rooms[room] = handle
    case .failure(let error):
      lost(room)
      send(ServerMessage.error(error.code.rawValue, error.message, room: room.rawValue))
    }
    startNext()
  }

  private func startUnwatch(_ room: SerialID<Room>) {
    guard let handle = work.rooms.removeValue(forKey: room) else { return startNext() }
    let (id, loop) = (id, loop)
    Task {
      await handle.unsubscribe(id)
      loop.with(id) { $0.startNext() }
    }
  }

  private func start(_ command: ClientMessage.RoomCommand, _ player: ID<Player>) {
    let (id, loop, gateway, known) = (id, loop, gateway, work.rooms[command.room])
    Task {
      let reply = await gateway.submit(command, to: known, by: player)
      loop.with(id) { $0.answer(command, reply) }
    }
  }

  private func answer(_ command: ClientMessage.RoomCommand, _ reply: CommandReply) {
    switch reply {
    case .done(let done):
      send(ServerMessage.done(done, reference: command.reference, room: command.room))
    case .refused(let error):
      // The handle may be of a room that this node has lost.
      if error.code == .moved { work.rooms[command.room] = nil }
      send(
        ServerMessage.error(
          error.code.rawValue, error.message, reference: command.reference,
          room: command.room.rawValue))
    }
    startNext()
  }
}

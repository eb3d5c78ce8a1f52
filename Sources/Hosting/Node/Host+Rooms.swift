import Core
import Domino
import Postgres
import Store
package import Tables

extension Host {
  /// How many open rooms are tried before a new one is opened.
  package static let seatAttempts = 5

  /// Opens a room and hosts it here.
  package func openRoom(_ wish: NewRoom) async throws(CommandError) -> RoomOpened {
    guard let node = lease.node, lease.isValid, !stopWanted.isOpen else { throw .paused }
    let taken: TakenRoom
    do {
      taken = try await pool.withTransaction { transaction in
        let room = try await Rooms(transaction).open(
          tier: wish.stake, name: wish.name, options: wish.options.map { JSONText(bytes: $0) },
          joinCode: wish.joinCode, creator: wish.creator)
        guard let taken = try await Nodes(transaction).takeRoom(room, for: node) else {
          throw CommandError.paused
        }
        return taken
      }
    } catch let error as CommandError {
      throw error
    } catch let error as PostgresError {
      throw refusal(error)
    } catch {
      throw CommandError(outcome: "internal")
    }
    guard case .hosted(let room) = await open(taken) else { throw .paused }
    return RoomOpened(room: taken.room, seq: await room.lastSeq)
  }

  private func refusal(_ error: PostgresError) -> CommandError {
    configuration.logger.warning("no room was opened: \(error)")
    guard case .server(let server) = error, error.isRefusal else { return .paused }
    if server.message.hasPrefix("stake tier") {
      return CommandError(.stakeNotFound, "There is no such stake; GET /v1/stakes lists them.")
    }
    return CommandError(.badMessage, server.message)
  }

  /// Finds an open seat at a stake, or one that a bot gives up, or opens a room; bots sit down so that
  /// the hand begins at once.
  package func quickSeat(_ wish: SeatWish) async throws(CommandError) -> SeatFound {
    if let found = try await earlierSeat(wish) { return found }
    let buyIn = try await buyIn(wish)
    for room in registry.open(at: wish.stake).prefix(Host.seatAttempts) {
      if let found = try await sit(wish, buyIn, in: room.room) { return found }
    }
    let room = try await openRoom(NewRoom(stake: wish.stake, creator: wish.player)).room
    guard let found = try await sit(wish, buyIn, in: room) else { throw .busy }
    return found
  }

  /// The seat that the same wish found before.
  private func earlierSeat(_ wish: SeatWish) async throws(CommandError) -> SeatFound? {
    do throws(PostgresError) {
      guard let place = try await Rooms(client).place(of: wish.session) else { return nil }
      guard place.player == wish.player else {
        throw PostgresError.wrongUse("the session is another player's")
      }
      guard !place.hasEnded else { return try found(nil, wish) }
      return try found(await registry[place.room]?.room.place(of: wish.player), wish, place.room)
    } catch {
      if case .wrongUse = error {
        throw CommandError(outcome: CommandError.Code.existsWithDifferentContent.rawValue)
      }
      throw .paused
    }
  }

  private func found(
    _ done: Done?, _ wish: SeatWish, _ room: SerialID<Room>? = nil
  ) throws(PostgresError) -> SeatFound? {
    guard let done, let room, let seat = done.seat, done.session == wish.session else {
      return nil
    }
    return SeatFound(
      room: room, seat: seat, session: wish.session, stack: done.stack ?? .zero, seq: done.seq)
  }

  private func buyIn(_ wish: SeatWish) async throws(CommandError) -> Chips {
    do throws(PostgresError) {
      if let range = try await Rooms(client).buyIn(at: wish.stake) {
        return wish.buyIn ?? range.lowerBound
      }
    } catch {
      throw .paused
    }
    throw CommandError(.stakeNotFound, "There is no such stake; GET /v1/stakes lists them.")
  }

  /// Sits down in the room; nil where another room is to be tried.
  private func sit(
    _ wish: SeatWish, _ buyIn: Chips, in id: SerialID<Room>
  ) async throws(CommandError) -> SeatFound? {
    guard let hosted = registry[id] else { return nil }
    let command = PlayerCommand(.sit(session: wish.session, seat: nil, buyIn: buyIn))
    switch await hosted.room.submit(command, by: wish.player) {
    case .refused(let error):
      switch error.code {
      case .seatTaken, .seatNotEmpty, .roomFull, .roomClosed, .moved, .busy, .alreadySeated:
        return nil
      default: throw error
      }
    case .done(let done):
      await fill(hosted.room)
      guard let seat = done.seat else { return nil }
      return SeatFound(
        room: id, seat: seat, session: wish.session, stack: done.stack ?? buyIn, seq: done.seq,
        isWaiting: done.isWaiting)
    }
  }

  /// Brings bots to a person who would be alone.
  private func fill(_ room: TableRoom) async {
    guard configuration.hasBots else { return }
    let occupancy = await room.occupancy
    guard occupancy.people == 1 else { return }
    _ = try? await addBots(occupancy.free, to: room.id)
  }
}

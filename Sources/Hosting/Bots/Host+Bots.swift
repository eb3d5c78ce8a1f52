package import Core
import Domino
import Postgres
import Store
package import Tables

extension Host {
  /// Seats so many bots in free seats, and brings new ones for those that leave while people are
  /// there; how many sat down.
  @discardableResult
  package func addBots(
    _ count: Int, to room: SerialID<Room>
  ) async throws(CommandError) -> BotsSeated {
    guard configuration.hasBots else {
      throw CommandError(.botsOff, "Bots are switched off on this server.")
    }
    guard let hosted = registry[room] else { throw CommandError(outcome: "room_not_found") }
    let occupancy = await hosted.room.occupancy
    let missing = max(0, min(count, occupancy.free))
    let seated = try await seatBots(missing, in: room)
    // Only now: the watcher fills up to what is wanted, and would seat some of these itself.
    registry.want(bots: occupancy.bots + seated, in: room)
    return BotsSeated(count: seated, seq: await hosted.room.lastSeq)
  }

  /// Seats so many bots, one after the other, while there are free seats.
  @discardableResult
  func seatBots(_ count: Int, in id: SerialID<Room>) async throws(CommandError) -> Int {
    guard let hosted = registry[id] else { throw CommandError(outcome: "room_not_found") }
    var seated = 0
    for _ in 0..<min(count, Seat.limit) {
      guard await seatBot(in: hosted.room) else { break }
      seated += 1
    }
    return seated
  }

  private func seatBot(in room: TableRoom) async -> Bool {
    let facts = await room.facts
    let bot: ID<Player>
    do throws(PostgresError) {
      bot = try await roster.take(
        min(2 * facts.buyIn.lowerBound, facts.buyIn.upperBound), facts.currency)
    } catch {
      configuration.logger.warning("no bot could be brought: \(error)")
      return false
    }
    let buyIn = min(2 * facts.buyIn.lowerBound, facts.buyIn.upperBound)
    let sit = PlayerCommand(
      .sit(session: SystemRandom.identifier(), seat: nil, buyIn: buyIn),
      joinCode: facts.joinCode, takesBotSeats: false)
    if case .done = await room.submit(sit, by: bot) { return true }
    roster.giveBack(bot)
    return false
  }
}

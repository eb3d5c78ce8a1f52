import Core
import Logging
import Platform
import Tables

extension Gateway {
  private static let logger = Logger(label: "gateway")

  /// Whom a token speaks for; with `isFirst` also who that is.
  func authenticate(_ token: String, isFirst: Bool) async -> Result<GoodToken, TokenRefusal> {
    do {
      let access = try await identity.authenticate(token)
      let left = identity.secondsLeft(of: access)
      guard isFirst else { return .success(GoodToken(access: access, secondsLeft: left)) }
      try await identity.demandActive(access.player)
      let card = PlayerCard(try await players.profile(of: access.player))
      return .success(GoodToken(access: access, card: card, secondsLeft: left))
    } catch let error as PlatformError {
      return .failure(Self.refusal(error))
    } catch {
      Self.logger.warning("a token could not be looked at: \(error)")
      return .failure(
        TokenRefusal(
          code: "unavailable", message: "Try again in a moment.", closeCode: .restart))
    }
  }

  private static func refusal(_ error: PlatformError) -> TokenRefusal {
    switch error {
    case .notAuthenticated(let reason):
      TokenRefusal(
        code: "unauthenticated",
        message: reason == .expired
          ? "The access token has ended; refresh it." : "The access token is not valid.",
        closeCode: .token)
    case .accountNotActive(let status):
      TokenRefusal(
        code: "account_not_active", message: "The account is \(status).", closeCode: .notAllowed)
    default:
      TokenRefusal(
        code: "unauthenticated", message: "The access token is not valid.", closeCode: .token)
    }
  }

  /// Begins to deliver a room's events.
  func subscribe(
    _ subscriber: Subscriber, to cursor: ClientMessage.RoomCursor
  ) async -> Result<RoomHandle, CommandError> {
    do throws(CommandError) {
      let room = try await room(cursor.room)
      try await room.subscribe(subscriber, cursor.seq)
      return .success(room)
    } catch {
      return .failure(error)
    }
  }

  private func room(_ id: SerialID<Room>) async throws(CommandError) -> RoomHandle {
    switch await tables.room(id) {
    case .here(let room): return room
    case .elsewhere:
      throw CommandError(.moved, "Another node hosts the room; connect there.")
    case .between: throw .moved
    case .notFound: throw CommandError(.roomNotFound, "There is no such room.")
    }
  }

  /// Does what a player wants, in a room that is known or looked up.
  func submit(
    _ command: ClientMessage.RoomCommand, to known: RoomHandle?, by player: ID<Player>
  ) async -> CommandReply {
    if let known { return await known.submit(command.command, player) }
    do throws(CommandError) {
      return await (try room(command.room)).submit(command.command, player)
    } catch {
      return .refused(error)
    }
  }
}

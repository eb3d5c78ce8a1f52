import Core
import Platform
import Tables

/// The conversation with one client: what it says and what becomes known goes in, what is to be done
/// comes out. No I/O, no clock of its own; times are nanoseconds of a clock that only goes forward.
struct SocketProtocol {
  /// What is to be done, in order.
  enum Action {
    /// Send a message to the client.
    case send([UInt8])
    /// Send a WebSocket ping.
    case ping
    /// Find out whom a token speaks for, and say so by `authenticated` or `refused`.
    case authenticate(String)
    /// Count the socket as this player's; refuse it where there are too many.
    case admit(ID<Player>)
    /// Begin to deliver a room's events.
    case watch(ClientMessage.RoomCursor)
    /// Deliver no more of them.
    case unwatch(SerialID<Room>)
    /// Do what the player wants of a room.
    case command(ClientMessage.RoomCommand)
    /// End the socket.
    case close(CloseCode, String)
  }

  private enum Phase {
    /// Nothing was said yet.
    case greeting(since: Int64)
    /// The hello's token is being looked at.
    case authenticating(ClientMessage.Hello)
    /// Messages are taken.
    case open
    /// The end was said.
    case closed
  }

  private enum Renewal {
    case none
    case running(reference: String?)
  }

  private let limits: APILimits
  private let maintenance: Maintenance?
  private var phase: Phase
  private var renewal = Renewal.none
  private var rooms: Set<SerialID<Room>> = []
  private var tokenEndsAt = Int64.max
  private var lastHeard: Int64
  private var lastPing: Int64
  private var rate: MessageRate
  /// Whom the socket speaks for; nil before the welcome.
  private(set) var access: Access?

  init(limits: APILimits, maintenance: Maintenance?, now: Int64) {
    self.limits = limits
    self.maintenance = maintenance
    phase = .greeting(since: now)
    lastHeard = now
    lastPing = now
    rate = MessageRate(limits.messagesPerSocket)
  }

  private static let second: Int64 = 1_000_000_000

  /// Whether messages are taken.
  var isOpen: Bool { if case .open = phase { true } else { false } }

  /// A whole message came.
  mutating func received(_ bytes: [UInt8], now: Int64) -> [Action] {
    lastHeard = now
    switch phase {
    case .greeting: return greet(bytes)
    case .authenticating:
      return end(.badHello, "wait for the welcome before you send more")
    case .closed: return []
    case .open: break
    }
    switch rate.take(now: now) {
    case .allowed: return handle(bytes)
    case .refused:
      return [.send(ServerMessage.error("rate_limited", "Too many messages; wait a moment."))]
    case .tooMany: return end(.rateLimited, "too many messages")
    }
  }

  /// A control frame came; a flood of them counts as one of messages.
  mutating func heard(now: Int64) -> [Action] {
    lastHeard = now
    if case .tooMany = rate.take(now: now) { return end(.rateLimited, "too many control frames") }
    return []
  }

  /// Time passes; called once a second.
  mutating func tick(now: Int64) -> [Action] {
    switch phase {
    case .closed: return []
    case .greeting(let since):
      guard now - since > Int64(limits.helloSeconds) * Self.second else { return [] }
      return end(.badHello, "no hello within \(limits.helloSeconds) seconds")
    case .authenticating, .open: break
    }
    if tokenEndsAt != .max, now > tokenEndsAt + Int64(limits.tokenGraceSeconds) * Self.second {
      return end(.token, "the token has ended")
    }
    let silence = now - lastHeard
    if silence > Int64(limits.silenceSeconds) * Self.second {
      return end(.normal, "nothing was heard for \(limits.silenceSeconds) seconds")
    }
    let pause = Int64(limits.pingSeconds) * Self.second
    if silence > pause, now - lastPing > pause {
      lastPing = now
      return [.ping]
    }
    return []
  }

  /// The sign-in has ended.
  mutating func revoked() -> [Action] { end(.token, "the sign-in has ended") }

  /// The server goes.
  mutating func restarting() -> [Action] { end(.restart, "the server restarts; come back") }

  /// Ends the conversation once.
  mutating func end(_ code: CloseCode, _ reason: String) -> [Action] {
    if case .closed = phase { return [] }
    phase = .closed
    return [.close(code, reason)]
  }

  /// A room was not to be had, or has told that it goes: it is not watched any more.
  mutating func lost(_ room: SerialID<Room>) { rooms.remove(room) }
}

extension SocketProtocol {
  private mutating func greet(_ bytes: [UInt8]) -> [Action] {
    let message: ClientMessage
    do throws(MessageProblem) {
      message = try ClientMessage.read(bytes, roomsMax: limits.roomsPerSocket)
    } catch {
      return [.send(Self.error(error))] + end(.badHello, "the first message must be a hello")
    }
    guard case .hello(let hello) = message else {
      return end(.badHello, "the first message must be a hello")
    }
    guard (Int64(ProtocolVersion.oldest)...Int64(ProtocolVersion.current)).contains(hello.version)
    else {
      let text = "This server speaks protocol \(ProtocolVersion.current); update the client."
      return [.send(ServerMessage.error("upgrade_required", text))]
        + end(.upgradeRequired, "upgrade_required")
    }
    phase = .authenticating(hello)
    return [.authenticate(hello.token)]
  }

  private mutating func handle(_ bytes: [UInt8]) -> [Action] {
    do throws(MessageProblem) {
      return handle(try ClientMessage.read(bytes, roomsMax: limits.roomsPerSocket))
    } catch {
      return [.send(Self.error(error))]
    }
  }

  private mutating func handle(_ message: ClientMessage) -> [Action] {
    switch message {
    case .hello:
      return [.send(ServerMessage.error("bad_message", "There was a hello already."))]
    case .ping(let reference): return [.send(ServerMessage.pong(reference: reference))]
    case .token(let token, let reference): return renew(token, reference)
    case .watch(let cursor): return watch(cursor)
    case .unwatch(let room): return rooms.remove(room) == nil ? [] : [.unwatch(room)]
    case .command(let command): return [refusal(of: command) ?? .command(command)]
    }
  }

  /// During maintenance nobody takes a seat; all else goes on.
  private func refusal(of command: ClientMessage.RoomCommand) -> Action? {
    guard maintenance != nil, case .sit = command.command.action else { return nil }
    return .send(
      ServerMessage.error(
        Maintenance.code, Maintenance.text, reference: command.reference,
        room: command.room.rawValue))
  }

  private mutating func watch(_ cursor: ClientMessage.RoomCursor) -> [Action] {
    guard rooms.contains(cursor.room) || rooms.count < limits.roomsPerSocket else {
      return [
        .send(
          ServerMessage.error(
            "too_many_rooms", "A socket watches at most \(limits.roomsPerSocket) rooms.",
            room: cursor.room.rawValue))
      ]
    }
    rooms.insert(cursor.room)
    return [.watch(cursor)]
  }

  private mutating func renew(_ token: String, _ reference: String?) -> [Action] {
    guard case .none = renewal else {
      return [
        .send(
          ServerMessage.error(
            "busy", "Another token is being looked at.", reference: reference))
      ]
    }
    renewal = .running(reference: reference)
    return [.authenticate(token)]
  }

  /// A token is good: of the hello, or of a renewal. `card` is there for the hello.
  mutating func authenticated(
    _ access: Access, _ card: PlayerCard?, secondsLeft: Int64, now: Int64
  ) -> [Action] {
    let endsAt = now + secondsLeft * Self.second
    switch phase {
    case .greeting, .closed: return []
    case .authenticating(let hello):
      guard let card else { return [] }
      phase = .open
      self.access = access
      tokenEndsAt = endsAt
      rooms = Set(hello.rooms.map(\.room))
      let welcome = ServerMessage.welcome(
        card, expiresInMilliseconds: secondsLeft * 1_000, limits: limits)
      let notice = maintenance.map { Action.send(ServerMessage.maintenance($0)) }
      return [.admit(access.player), .send(welcome)] + (notice.map { [$0] } ?? [])
        + hello.rooms.map { .watch($0) }
    case .open:
      guard case .running(let reference) = renewal else { return [] }
      renewal = .none
      guard access.player == self.access?.player else {
        return end(.notAllowed, "the token is another player's")
      }
      self.access = access
      tokenEndsAt = endsAt
      return [
        .send(
          ServerMessage.renewed(
            reference: reference, expiresInMilliseconds: secondsLeft * 1_000))
      ]
    }
  }

  /// A token is not good, or could not be looked at.
  mutating func refused(_ refusal: TokenRefusal) -> [Action] {
    switch phase {
    case .greeting, .closed: return []
    case .authenticating: return endRefused(refusal)
    case .open:
      guard case .running(let reference) = renewal else { return [] }
      renewal = .none
      // The old token may still hold: the client may try again until it has ended.
      return [
        .send(ServerMessage.error(refusal.code, refusal.message, reference: reference))
      ]
    }
  }

  private mutating func endRefused(_ refusal: TokenRefusal) -> [Action] {
    [.send(ServerMessage.error(refusal.code, refusal.message))]
      + end(refusal.closeCode, refusal.code)
  }

  private static func error(_ problem: MessageProblem) -> [UInt8] {
    ServerMessage.error(
      "bad_message", problem.problem.description, reference: problem.reference,
      room: problem.room)
  }
}

/// Why a token was not taken.
struct TokenRefusal: Error, Hashable {
  var code: String
  var message: String
  var closeCode: CloseCode
}

/// A token that was taken.
struct GoodToken: Sendable {
  var access: Access
  /// Who it is, for the welcome; nil for a renewal.
  var card: PlayerCard?
  /// How long the token holds.
  var secondsLeft: Int64
}

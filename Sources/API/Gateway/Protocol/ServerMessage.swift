import Core
import Platform
import Store
import Tables

/// What the gateway itself says; what rooms say comes from them as bytes.
enum ServerMessage {
  /// The answer to a good hello.
  static func welcome(
    _ player: PlayerCard, expiresInMilliseconds: Int64, limits: APILimits
  ) -> [UInt8] {
    var card = JSONWriter()
    card.add("id", player.id.description)
    card.add("name", player.name)
    card.add("avatar", player.avatar)
    card.add("is_guest", player.isGuest)
    var allowed = JSONWriter()
    allowed.add("message_bytes", Int64(limits.messageBytes))
    allowed.add("rooms", Int64(limits.roomsPerSocket))
    allowed.add("messages_per_second", Int64(limits.messagesPerSocket.perSecond))
    allowed.add("messages_at_once", Int64(limits.messagesPerSocket.burst))
    var message = JSONWriter()
    message.add("type", "welcome")
    message.add("protocol", Int64(ProtocolVersion.current))
    message.add("player", card)
    message.add("session_expires_in_ms", expiresInMilliseconds)
    message.add("limits", allowed)
    return message.finished
  }

  /// A command was done.
  static func done(_ done: Done, reference: String, room: SerialID<Room>) -> [UInt8] {
    var message = JSONWriter()
    message.add("type", "done")
    message.add("ref", reference)
    message.add("room", room.rawValue)
    message.add("seq", done.seq)
    message.add("seat", done.seat.map { Int64($0.number) })
    message.add("session", done.session?.description)
    message.add("stack", done.stack?.rawValue)
    message.add("cashed_out", done.cashedOut?.rawValue)
    if done.isLeaving { message.add("is_leaving", true) }
    if done.isWaiting { message.add("is_waiting", true) }
    return message.finished
  }

  /// The token was renewed.
  static func renewed(reference: String?, expiresInMilliseconds: Int64) -> [UInt8] {
    var message = JSONWriter()
    message.add("type", "done")
    message.add("ref", reference)
    message.add("session_expires_in_ms", expiresInMilliseconds)
    return message.finished
  }

  /// Something was refused.
  static func error(
    _ code: String, _ text: String, reference: String? = nil, room: Int64? = nil
  ) -> [UInt8] {
    var message = JSONWriter()
    message.add("type", "error")
    message.add("ref", reference)
    message.add("room", room)
    message.add("code", code)
    message.add("message", text)
    return message.finished
  }

  /// The server is being maintained.
  static func maintenance(_ maintenance: Maintenance) -> [UInt8] {
    var message = JSONWriter()
    message.add("type", "maintenance")
    message.add("message", Maintenance.text)
    message.add("retry_after_ms", Int64(maintenance.retrySeconds) * 1_000)
    return message.finished
  }

  /// The answer to a ping message.
  static func pong(reference: String?) -> [UInt8] {
    var message = JSONWriter()
    message.add("type", "pong")
    message.add("ref", reference)
    return message.finished
  }
}

/// A player as the welcome shows one.
struct PlayerCard: Sendable {
  var id: ID<Player>
  var name: String
  var avatar: String
  var isGuest: Bool

  init(_ profile: Profile) {
    id = profile.id
    name = profile.displayName
    avatar = profile.avatar
    isGuest = profile.isGuest
  }
}

import Platform
import Store

/// A player as answers show one to oneself.
struct PlayerAnswer: Encodable {
  var id: String
  var username: String
  var name: String
  var avatar: String
  var locale: String
  var isGuest: Bool
  var role: String
  var vipLevel: Int16
  var level: Int
  var experience: Int64
  var handsPlayed: Int64
  var handsWon: Int64
  var createdAt: String

  init(_ profile: Profile) {
    id = profile.id.description
    username = profile.username
    name = profile.displayName
    avatar = profile.avatar
    locale = profile.locale
    isGuest = profile.isGuest
    role = profile.role
    vipLevel = profile.vipLevel
    level = profile.level
    experience = profile.experience
    handsPlayed = profile.handsPlayed
    handsWon = profile.handsWon
    createdAt = profile.created.text
  }
}

import Core

/// Who may enter a private room, and when a room that nobody enters is closed.
extension TableRoom {
  /// Whether the player may watch and sit down: whoever has the code, the creator, and who is inside.
  func mayEnter(_ player: ID<Player>?, _ code: String?) -> Bool {
    guard let needed = table.facts.joinCode else { return true }
    if code == needed { return true }
    guard let player else { return false }
    return player == table.facts.creator || watching[player] != nil
      || table.seat(of: player) != nil || table.seat(promisedTo: player) != nil
  }

  /// Notes since when a player's room has been empty.
  func noteEmptiness() {
    let isEmpty = table.facts.creator != nil && subscribers.isEmpty && table.hasNoPeople
    emptySince = isEmpty ? emptySince ?? now : nil
  }

  /// When the room is closed, if nobody comes.
  var emptinessEnds: Int64? { emptySince.map { $0 + Int64(policy.emptyLimitMilliseconds) } }

  /// Whether it has been empty for too long.
  var isForsaken: Bool { emptinessEnds.map { now >= $0 } ?? false }
}

package import Core
import Domino

extension TableRoom {
  /// Delivers the events after `seq`, or a snapshot where they are not all there, and from then on
  /// every event. A subscriber with the same id is replaced. Throws where too many watch, where the
  /// room is private and the code is not given, and where the room has left this host.
  package func subscribe(
    _ subscriber: Subscriber, after seq: Int64? = nil
  ) throws(CommandError) {
    guard phase != .stopped else { throw .moved }
    guard mayEnter(subscriber.player, subscriber.joinCode) else { throw .joinCodeNeeded }
    unsubscribe(subscriber.id)
    guard subscribers.count < policy.subscribersMax else {
      throw CommandError(.busy, "Too many watch this table; try another one.")
    }
    if let seq, let missed = history.events(after: seq) {
      for event in missed { subscriber.deliver(event.frame(for: subscriber.player)) }
    } else {
      subscriber.deliver(snapshot(for: subscriber.player))
    }
    subscribers[subscriber.id] = subscriber
    noteEmptiness()
    if let player = subscriber.player { watch(player) }
    if hasToldPause { subscriber.deliver(pausedFrame()) }
  }

  /// Delivers nothing more to the subscriber.
  package func unsubscribe(_ subscriber: UInt64) {
    guard let gone = subscribers.removeValue(forKey: subscriber) else { return }
    noteEmptiness()
    arm()
    guard let player = gone.player else { return }
    let left = watching[player, default: 1] - 1
    watching[player] = left == 0 ? nil : left
    if left == 0 { setPresence(of: player, awaySince: now) }
  }

  /// The room as the player may see it now, as a `snapshot` frame.
  package func snapshot(for player: ID<Player>?) -> Frame {
    Snapshot(
      state: table, player: player, seq: history.lastSeq, turn: turnEvent(),
      startsInMilliseconds: startsAt.map { Int(max(0, $0 - now)) },
      spectators: spectators
    ).frame
  }

  private var spectators: Int {
    subscribers.values.reduce(0) { count, subscriber in
      let isSeated = subscriber.player.map { table.seat(of: $0) != nil } ?? false
      return count + (isSeated ? 0 : 1)
    }
  }

  private func watch(_ player: ID<Player>) {
    watching[player, default: 0] += 1
    if watching[player] == 1 { setPresence(of: player, awaySince: nil) }
  }

  private func setPresence(of player: ID<Player>, awaySince: Int64?) {
    guard let seat = table.seat(of: player) else { return }
    table[seat]?.awaySince = awaySince
    deliver(presenceFrame(seat, isOnline: awaySince == nil))
    services.observer.occupancyChanged(table.occupancy)
    lookRound()
  }

  /// Sends a frame without a number to everybody.
  func deliver(_ frame: Frame) {
    for subscriber in subscribers.values { subscriber.deliver(frame) }
  }

  /// Numbers an event, keeps it, and sends everybody the version for his eyes.
  func publish(_ event: RoomEvent) {
    let encoded = encoder.encode(event, seq: history.nextSeq, players: people)
    history.append(encoded)
    for subscriber in subscribers.values {
      subscriber.deliver(encoded.frame(for: subscriber.player))
    }
  }

  /// Sends everybody the room as it is, after a change that no event tells of.
  func publishSnapshots() {
    history.breakOff()
    for subscriber in subscribers.values { subscriber.deliver(snapshot(for: subscriber.player)) }
  }

  private var people: [(seat: Seat, player: ID<Player>)] {
    table.taken.compactMap { $0.stay.player.isBot ? nil : ($0.seat, $0.stay.player.id) }
  }
}

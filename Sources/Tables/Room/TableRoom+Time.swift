import Bots
import Core
import Domino

extension TableRoom {
  /// A full turn for the seat to act; its clock starts once nothing is under way.
  func resetTurn() {
    clock = table.play?.turn.map { TurnClock(turn: $0) }
  }

  func startClock() {
    guard phase == .live, durableSince == nil else { return }
    clock?.go(at: now)
  }

  /// Who is to act, with the times as they are now.
  func turnEvent() -> TurnEvent? {
    guard let play = table.play, let turn = play.turn, let seat = play.hand.turn else { return nil }
    let spent = clock.map { Int($0.spent(at: now)) } ?? 0
    let bank = table[seat]?.attention.timeBankMilliseconds ?? 0
    return TurnEvent(
      turn: turn, seat: seat,
      remainingMilliseconds: max(0, policy.turnMilliseconds - spent),
      timeBankMilliseconds: max(0, bank - max(0, spent - policy.turnMilliseconds)),
      legal: play.hand.legalMoves(for: seat), ends: play.hand.line.ends)
  }

  /// Sees to it that the room is woken when the next thing is due. One that is armed for an earlier
  /// moment will look again by itself.
  func arm() {
    guard phase == .live, let moment = nextMoment,
      armed.allSatisfy({ $0 > moment })
    else { return }
    armed.append(moment)
    services.timers.wake(moment) { [weak self] in
      guard let self else { return }
      await self.awake(moment)
    }
  }

  private func awake(_ moment: Int64) {
    if let place = armed.firstIndex(of: moment) { armed.remove(at: place) }
    guard phase == .live else { return }
    if let since = durableSince {
      tellPause(since)
    } else {
      doWhatIsDue()
    }
    arm()
  }

  private var nextMoment: Int64? {
    if let since = durableSince {
      return hasToldPause ? nil : since + Int64(policy.pauseNoticeMilliseconds)
    }
    return [turnEnds, isQueuedToStart ? nil : startsAt, patienceEnds].compactMap { $0 }.min()
  }

  private func tellPause(_ since: Int64) {
    guard !hasToldPause, now - since >= Int64(policy.pauseNoticeMilliseconds) else { return }
    hasToldPause = true
    deliver(pausedFrame())
  }

  private func doWhatIsDue() {
    if let moment = turnEnds, moment <= now { actForSeat() }
    if let moment = startsAt, moment <= now, !isQueuedToStart {
      isQueuedToStart = true
      enqueue(.startHand)
    }
    if let moment = patienceEnds, moment <= now { lookRound() }
  }

  /// When something is to be done for the seat to act.
  private var turnEnds: Int64? {
    guard let clock, let play = table.play, let seat = play.hand.turn else { return nil }
    return clock.moment(ofSpending: patience(with: seat, play, clock.turn))
  }

  private func patience(with seat: Seat, _ play: Play, _ turn: Turn) -> Int {
    if play.bot(at: seat) != nil {
      return thinkingOf == turn ? policy.turnMilliseconds : botMilliseconds(turn)
    }
    guard let attention = table[seat]?.attention else { return policy.turnMilliseconds }
    if attention.isTrustee { return policy.trusteeMilliseconds }
    return policy.turnMilliseconds + attention.timeBankMilliseconds
  }

  /// How long a bot takes: it follows from the hand and the number of the move, which all know.
  private func botMilliseconds(_ turn: Turn) -> Int {
    var random = SeededRandom(
      seed: UInt64(truncatingIfNeeded: turn.hand.rawValue), turn: turn.move)
    let range = policy.botMilliseconds
    return range.lowerBound + random.number(below: range.count)
  }

  private func actForSeat() {
    guard let play = table.play, let turn = play.turn, let seat = play.hand.turn else { return }
    if let bot = play.bot(at: seat), thinkingOf != turn {
      think(bot, play.hand.view(for: .seat(seat)), turn)
    } else if table[seat]?.attention.isTrustee == true {
      enqueue(.trustee(turn))
    } else {
      enqueue(.timeOut(turn))
    }
  }

  private func think(_ bot: Bot, _ view: LineView, _ turn: Turn) {
    thinkingOf = turn
    isThinking = true
    services.think { [weak self] in
      let move = bot.move(in: view)
      guard let self else { return }
      Task { await self.found(move, turn) }
    }
  }

  private func found(_ move: LineMove?, _ turn: Turn) {
    isThinking = false
    if let move { enqueue(.bot(turn, move)) }
    tellIdle()
  }

  /// Sees whether something has to be done that nobody asked for.
  func lookRound() {
    guard !isQueuedToLook else { return }
    isQueuedToLook = true
    enqueue(.lookRound)
  }
}

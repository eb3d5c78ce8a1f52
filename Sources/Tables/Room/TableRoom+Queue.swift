package import Core
import Domino

extension TableRoom {
  /// Does what the player wants; the answer comes after the commit, and after the events.
  package func submit(_ command: PlayerCommand, by player: ID<Player>) async -> CommandReply {
    switch phase {
    case .stopped: return .refused(.moved)
    case .suspended: return .refused(.paused)
    case .live: break
    }
    if let reply = answerAtOnce(command, by: player) { return reply }
    guard queue.hasRoom(for: player, policy) else {
      services.observer.count(.busy)
      return .refused(.busy)
    }
    return await withCheckedContinuation { continuation in
      let ticket = issue(continuation)
      enqueue(.command(command, by: player, ticket: ticket))
    }
  }

  /// Takes no new hands, and closes the room when the running one is over; everybody is paid out.
  package func close() async -> CommandReply {
    guard phase == .live else { return .refused(.moved) }
    return await withCheckedContinuation { continuation in
      enqueue(.close(ticket: issue(continuation)))
    }
  }

  private func issue(_ continuation: CheckedContinuation<CommandReply, Never>) -> UInt64 {
    lastTicket += 1
    tickets[lastTicket] = continuation
    return lastTicket
  }

  /// What needs no commit.
  private func answerAtOnce(_ command: PlayerCommand, by player: ID<Player>) -> CommandReply? {
    switch command.action {
    case .emote(let emote):
      guard let seat = table.seat(of: player) else { return .refused(.notSeated) }
      deliver(emoteFrame(seat, emote))
      return .done(Done(seq: history.lastSeq, seat: seat))
    case .clientSeed(let seed):
      guard let seat = table.seat(of: player) else { return .refused(.notSeated) }
      table[seat]?.clientSeed = seed
      return .done(Done(seq: history.lastSeq, seat: seat))
    default: return nil
    }
  }

  func enqueue(_ work: Work) {
    guard phase != .stopped else { return }
    queue.append(work)
    guard !isDraining else { return }
    isDraining = true
    Task { await drain() }
  }

  /// Does one thing after the other until nothing waits.
  private func drain() async {
    while phase == .live, let work = queue.popFirst() {
      await perform(work)
      await advance()
    }
    isDraining = false
    startClock()
    arm()
    tellIdle()
  }

  /// Returns once nothing waits and nothing is under way, but for time.
  package func whenIdle() async {
    guard !isIdle else { return }
    await withCheckedContinuation { waitingForIdle.append($0) }
  }

  private var isIdle: Bool { !isDraining && !isThinking && walletLooks.isEmpty }

  func tellIdle() {
    guard isIdle else { return }
    let waiting = waitingForIdle
    waitingForIdle.removeAll()
    for continuation in waiting { continuation.resume() }
  }

  private func perform(_ work: Work) async {
    switch work {
    case .command(let command, let player, let ticket):
      answer(ticket, await perform(command, by: player))
    case .timeOut(let turn):
      if let proposal = table.proposeTimeOut(turn) {
        services.observer.count(.timedOut)
        _ = await commit(proposal)
      }
    case .trustee(let turn):
      if let proposal = table.proposeTrustee(turn) { _ = await commit(proposal) }
    case .bot(let turn, let move):
      if let proposal = table.propose(move, ofBot: turn) { _ = await commit(proposal) }
    case .startHand:
      isQueuedToStart = false
      await startHand()
    case .lookRound: isQueuedToLook = false
    case .close(let ticket): answer(ticket, await beginClosing())
    }
  }

  private func perform(_ command: PlayerCommand, by player: ID<Player>) async -> CommandReply {
    if let done = answers.answer(to: command.reference, by: player) { return .done(done) }
    let reply: CommandReply
    switch command.action {
    case .place(let turn, let tile, let end):
      reply = await place(tile, at: end, turn, by: player, command.reference)
    case .back: reply = comeBack(player)
    case .sit(let session, let seat, let buyIn):
      reply = await sit(
        SeatPromise(player: player, session: session, buyIn: buyIn), at: seat, command)
    case .stand: reply = await stand(player)
    case .topUp(let payment, let amount): reply = await topUp(payment, amount, player)
    case .clientSeed, .emote: reply = answerAtOnce(command, by: player) ?? .refused(.notSeated)
    }
    if case .done(let done) = reply { answers.remember(done, to: command.reference, by: player) }
    return reply
  }

  /// Gives the answer to whoever still waits for it.
  func answer(_ ticket: UInt64, _ reply: CommandReply) {
    tickets.removeValue(forKey: ticket)?.resume(returning: reply)
  }

  /// Gives everybody who waits the same answer.
  func answerAll(_ reply: CommandReply) {
    let waiting = tickets
    tickets.removeAll()
    for continuation in waiting.values { continuation.resume(returning: reply) }
  }
}

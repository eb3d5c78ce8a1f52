import Core
import Domino

extension TableRoom {
  /// Takes the seat that is wanted, or any: a free one, or one that a bot gives up.
  func sit(
    _ wish: SeatPromise, at wanted: Seat?, _ command: PlayerCommand
  ) async -> CommandReply {
    if let reply = answerAgain(wish) { return reply }
    guard table.status == .open else { return .refused(.roomClosed) }
    guard mayEnter(wish.player, command.joinCode) else { return .refused(.joinCodeNeeded) }
    let ofBot = command.takesBotSeats ? table.seatOfBot : nil
    guard let seat = wanted ?? table.freeSeat ?? ofBot else { return .refused(.roomFull) }
    guard Int(seat.number) < table.facts.seats else {
      return .refused(CommandError(outcome: CommandError.Code.seatNotFound.rawValue))
    }
    guard let stay = table[seat] else { return await take(seat, wish) }
    guard command.takesBotSeats, stay.player.isBot, stay.promise == nil else {
      return .refused(CommandError(outcome: CommandError.Code.seatTaken.rawValue))
    }
    return await takeOver(seat, from: stay, wish)
  }

  /// The answer to whoever has a seat here, or is promised one.
  private func answerAgain(_ wish: SeatPromise) -> CommandReply? {
    let seated = table.seat(of: wish.player)
    guard let seat = seated ?? table.seat(promisedTo: wish.player), let stay = table[seat] else {
      return nil
    }
    guard (seated == nil ? stay.promise?.session : stay.session) == wish.session else {
      return .refused(CommandError(outcome: CommandError.Code.alreadySeated.rawValue))
    }
    return .done(seated == nil ? waiting(seat, wish) : done(seat, stay))
  }

  /// Sits down in a free seat.
  func take(_ seat: Seat, _ wish: SeatPromise) async -> CommandReply {
    let call = SitDown(
      session: wish.session, room: id, fence: table.fence, player: wish.player, seat: seat,
      buyIn: wish.buyIn)
    let ledger = services.ledger
    switch await durably({ await ledger.sit(call) }) {
    case .failure(let error): return .refused(error)
    case .success(let seated):
      guard !seated.hasEnded else {
        return .refused(CommandError(outcome: CommandError.Code.sessionEnded.rawValue))
      }
      return .done(show(call, seated))
    }
  }

  private func show(_ wish: SitDown, _ seated: Seated) -> Done {
    let stay = TableSeat(
      session: wish.session, player: seated.player, stack: wish.buyIn,
      clientSeed: services.defaultClientSeed(), attention: Attention(policy: policy),
      awaySince: watching[wish.player] == nil ? now : nil)
    table[wish.seat] = stay
    publish(.seatTaken(wish.seat, seated.player, stack: wish.buyIn, wish.session))
    services.observer.occupancyChanged(table.occupancy)
    tellWallet(of: wish.player)
    return done(wish.seat, stay)
  }

  func done(_ seat: Seat, _ stay: TableSeat) -> Done {
    Done(
      seq: history.lastSeq, seat: seat, session: stay.session, stack: table.chips(of: seat),
      isLeaving: stay.isLeaving)
  }

  func stand(_ player: ID<Player>) async -> CommandReply {
    guard let seat = table.seat(of: player), let stay = table[seat] else {
      return giveUpPromise(to: player)
    }
    if stay.isLeaving { return .done(done(seat, stay)) }
    return await leave(seat, stay)
  }

  /// Leaves a seat, after the hand where one runs for it. A seat that is given on is not offered to
  /// others in between.
  func leave(
    _ seat: Seat, _ stay: TableSeat, isGivenOn: Bool = false
  ) async -> CommandReply {
    let ledger = services.ledger
    let fence = table.fence
    switch await durably({ await ledger.stand(stay.session, fence) }) {
    case .failure(let error): return .refused(error)
    case .success(nil):
      table[seat]?.isLeaving = true
      publish(.seatLeaving(seat))
      return .done(
        Done(
          seq: history.lastSeq, seat: seat, session: stay.session, stack: table.chips(of: seat),
          isLeaving: true))
    case .success(let chips?):
      showLeft(seat, chips, isGivenOn: isGivenOn)
      tellWallet(of: stay.player.id)
      return .done(
        Done(seq: history.lastSeq, seat: seat, session: stay.session, cashedOut: chips))
    }
  }

  private func showLeft(_ seat: Seat, _ chips: Chips, isGivenOn: Bool = false) {
    let player = table[seat]?.player
    table[seat] = nil
    publish(.seatLeft(seat, cashedOut: chips))
    if let player { services.observer.seatLeft(id, player) }
    if !isGivenOn { services.observer.occupancyChanged(table.occupancy) }
  }

  func topUp(
    _ payment: ID<Transaction>, _ amount: Chips, _ player: ID<Player>
  ) async -> CommandReply {
    guard let seat = table.seat(of: player), let stay = table[seat] else {
      return .refused(.notSeated)
    }
    let wish = TopUp(payment: payment, session: stay.session, fence: table.fence, amount: amount)
    let ledger = services.ledger
    switch await durably({ await ledger.topUp(wish) }) {
    case .failure(let error): return .refused(error)
    case .success(let stack):
      guard stack != stay.stack else { return .done(done(seat, stay)) }
      table[seat]?.stack = stack
      table[seat]?.brokeSince = nil
      publish(.seatToppedUp(seat, amount: amount, stack: stack))
      tellWallet(of: player)
      return .done(
        Done(seq: history.lastSeq, seat: seat, session: stay.session, stack: stack))
    }
  }

  /// Between hands: those leave who want to, and those who have been away or broke for too long.
  func clearSeats() async {
    notePatience()
    for (seat, stay) in table.taken where hasToGo(stay) {
      guard phase == .live else { return }
      guard case .done = await leave(seat, stay, isGivenOn: stay.promise != nil) else {
        return await reload(because: "seat \(seat) could not be left")
      }
      if let promise = stay.promise { await keep(promise, at: seat) }
    }
  }

  private func notePatience() {
    for (seat, stay) in table.taken {
      let isBroke = stay.stack < table.facts.baseBet
      table[seat]?.brokeSince = isBroke ? stay.brokeSince ?? now : nil
    }
    let areAlone = !policy.playsWithoutPeople && table.hasNoPeople
    botsAloneSince = areAlone ? botsAloneSince ?? now : nil
    noteEmptiness()
  }

  private func hasToGo(_ stay: TableSeat) -> Bool {
    if stay.isLeaving { return true }
    if stay.player.isBot {
      return stay.stack < policy.botBetsMin * table.facts.baseBet
        || hasPassed(botsAloneSince, policy.botsAloneMilliseconds)
    }
    return stay.attention.autoPlayedHands >= policy.autoPlayedHandsMax
      || hasPassed(stay.awaySince, policy.awayLimitMilliseconds)
      || hasPassed(stay.brokeSince, policy.brokeLimitMilliseconds)
  }

  private func hasPassed(_ since: Int64?, _ milliseconds: Int) -> Bool {
    since.map { now - $0 >= Int64(milliseconds) } ?? false
  }

  /// When somebody's patience ends between hands.
  var patienceEnds: Int64? {
    guard table.play == nil else { return nil }
    var moments: [Int64] = []
    for case let stay? in table.seats {
      if stay.player.isBot {
        if let since = botsAloneSince {
          moments.append(since + Int64(policy.botsAloneMilliseconds))
        }
        continue
      }
      if let since = stay.awaySince { moments.append(since + Int64(policy.awayLimitMilliseconds)) }
      if let since = stay.brokeSince {
        moments.append(since + Int64(policy.brokeLimitMilliseconds))
      }
    }
    if let moment = emptinessEnds { moments.append(moment) }
    return moments.min()
  }

  /// Takes no new hands; closes at once where none runs.
  func beginClosing() async -> CommandReply {
    if table.play != nil {
      let ledger = services.ledger
      let (id, fence) = (id, table.fence)
      if case .failure(let error) = await durably({ await ledger.close(id, fence) }) {
        return .refused(error)
      }
    }
    table.status = .closing
    services.observer.occupancyChanged(table.occupancy)
    return .done(Done(seq: history.lastSeq))
  }

  func closeNow() async {
    let ledger = services.ledger
    let (id, fence) = (id, table.fence)
    guard case .success(true) = await durably({ await ledger.close(id, fence) }) else {
      return await reload(because: "the room could not be closed")
    }
    table.status = .closed
    for (seat, stay) in table.taken { showLeft(seat, stay.stack) }
    publish(.roomClosed)
    stop(tellingMoved: false)
  }

  /// Tells a player's own sockets what is in the wallet, as soon as it is known. One look at a time:
  /// an older one would else come last.
  private func tellWallet(of player: ID<Player>) {
    guard watching[player] != nil else { return }
    if walletLooks.updateValue(.outdated, forKey: player) == nil {
      Task { await lookIntoWallet(of: player) }
    }
  }

  private func lookIntoWallet(of player: ID<Player>) async {
    while walletLooks[player] == .outdated {
      walletLooks[player] = .underWay
      if let chips = await services.ledger.balance(player, table.facts.currency) {
        let frame = walletFrame(chips)
        for subscriber in subscribers.values where subscriber.player == player {
          subscriber.deliver(frame)
        }
      }
    }
    walletLooks[player] = nil
    tellIdle()
  }

  /// A look into a wallet that has changed since it began is outdated.
  enum WalletLook {
    case underWay, outdated
  }
}

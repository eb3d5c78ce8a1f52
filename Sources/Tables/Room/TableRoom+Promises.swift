import Core
import Domino

/// Bots give up their seats to people: at once between hands, else after the hand that they play.
///
/// That a bot leaves is durable; for whom it leaves is the room's memory only. Who had been promised
/// a seat and finds no promise in a snapshot says `sit` again, with the same id.
extension TableRoom {
  /// Makes the bot leave, and gives its seat to the person then.
  func takeOver(_ seat: Seat, from bot: TableSeat, _ wish: SeatPromise) async -> CommandReply {
    // No bot gets up for somebody who cannot sit down.
    if let error = await cannotPay(wish) { return .refused(error) }
    if !bot.isLeaving || table.play?.deals(seat) != true {
      let reply = await leave(seat, bot, isGivenOn: true)
      guard case .done = reply else { return reply }
    }
    guard table[seat] == nil else { return .done(promise(seat, wish)) }
    let reply = await take(seat, wish)
    if case .refused = reply { services.observer.occupancyChanged(table.occupancy) }
    return reply
  }

  private func cannotPay(_ wish: SeatPromise) async -> CommandError? {
    guard table.facts.buyIn.contains(wish.buyIn) else {
      return CommandError(outcome: CommandError.Code.buyInOutOfRange.rawValue)
    }
    // Where it cannot be told now, the payment itself will tell.
    guard let purse = await services.ledger.balance(wish.player, table.facts.currency),
      purse < wish.buyIn
    else { return nil }
    return CommandError(outcome: CommandError.Code.insufficientFunds.rawValue)
  }

  private func promise(_ seat: Seat, _ wish: SeatPromise) -> Done {
    table[seat]?.promise = wish
    publish(.seatPromised(seat, to: wish.player))
    services.observer.occupancyChanged(table.occupancy)
    return waiting(seat, wish)
  }

  func waiting(_ seat: Seat, _ wish: SeatPromise) -> Done {
    Done(seq: history.lastSeq, seat: seat, session: wish.session, isWaiting: true)
  }

  /// The bot has left: the person sits down, or is told why not.
  func keep(_ promise: SeatPromise, at seat: Seat) async {
    let reply =
      table.status == .open ? await take(seat, promise) : .refused(CommandError.roomClosed)
    guard case .refused(let error) = reply, phase == .live else { return }
    services.observer.occupancyChanged(table.occupancy)
    let frame = errorFrame(error)
    for subscriber in subscribers.values where subscriber.player == promise.player {
      subscriber.deliver(frame)
    }
  }

  /// The player does not want the seat any more.
  func giveUpPromise(to player: ID<Player>) -> CommandReply {
    guard let seat = table.seat(promisedTo: player) else { return .refused(.notSeated) }
    table[seat]?.promise = nil
    publish(.seatPromised(seat, to: nil))
    services.observer.occupancyChanged(table.occupancy)
    return .done(Done(seq: history.lastSeq, seat: seat))
  }
}

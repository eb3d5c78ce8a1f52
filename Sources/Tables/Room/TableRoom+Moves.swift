import Core
import Domino

extension TableRoom {
  func place(
    _ tile: Tile?, at end: LineEnd, _ turn: Turn, by player: ID<Player>,
    _ reference: CommandReference?
  ) async -> CommandReply {
    let spent = clock.map { Int($0.spent(at: now)) } ?? 0
    do throws(CommandError) {
      let proposal = try table.propose(
        tile, at: end, turn: turn, by: player, reference: reference, spentMilliseconds: spent)
      return await commit(proposal)
    } catch {
      return .refused(error)
    }
  }

  /// Makes a decision durable, then applies and shows it.
  func commit(_ proposal: MoveProposal) async -> CommandReply {
    let journal = services.journal
    let outcome = await durably {
      await journal.append(proposal.append)
    } isUnknown: {
      $0 == .unknown
    }
    switch outcome {
    case .ok, .exists:
      show(proposal)
      return .done(Done(seq: history.lastSeq, seat: proposal.seat))
    case .different, .fenced:
      stop()
      return .refused(.moved)
    case .outOfOrder, .finished:
      await reload(because: "an append was refused")
      return .refused(phase == .stopped ? .moved : .wrongTurn)
    case .invalid:
      await void(because: "the journal cannot hold a move")
      return .refused(CommandError(outcome: CommandError.Code.internalError.rawValue))
    case .unknown, nil: return .refused(.moved)
    }
  }

  private func show(_ proposal: MoveProposal) {
    guard let before = table.play?.hand else { return }
    let wasTrustee = table[proposal.seat]?.attention.isTrustee
    reloads = 0
    table.apply(proposal)
    resetTurn()
    services.observer.count(.moves(proposal.append.moves.count))
    for event in proposal.events(before: before, turn: turnEvent()) { publish(event) }
    if wasTrustee != proposal.attention.isTrustee {
      publish(.trustee(proposal.seat, isOn: proposal.attention.isTrustee))
    }
  }

  func comeBack(_ player: ID<Player>) -> CommandReply {
    guard let seat = table.seat(of: player), let stay = table[seat] else {
      return .refused(.notSeated)
    }
    if stay.attention.isTrustee {
      table[seat]?.attention.comeBack()
      publish(.trustee(seat, isOn: false))
    }
    return .done(Done(seq: history.lastSeq, seat: seat))
  }

  /// Ends the hand without a result.
  func void(because reason: String) async {
    guard let play = table.play else { return }
    let ledger = services.ledger
    let fence = table.fence
    services.observer.log(id, "hand \(play.id) is void: \(reason)")
    let answer = await durably { await ledger.void(play.id, fence, reason) }
    guard case .success = answer else {
      await reload(because: "a hand could not be voided")
      return
    }
    table.applyVoid()
    resetTurn()
    services.observer.count(.handVoided)
    publish(.handVoided(play.id, number: play.number, reason: reason))
  }

  /// Begins again from what the database has, and shows everybody the room as it is.
  func reload(because reason: String) async {
    guard phase != .stopped else { return }
    services.observer.log(id, "reloaded: \(reason)")
    reloads += 1
    guard reloads <= TableRoom.reloadsMax else {
      services.observer.log(id, "given up after \(TableRoom.reloadsMax) reloads in a row")
      return stop()
    }
    let ledger = services.ledger
    let id = id
    guard case .success(let record) = await durably({ await ledger.load(id) }) else {
      return stop()
    }
    guard record.fence == table.fence else { return stop() }
    let promised = table.taken.filter { $0.stay.promise != nil }
    do throws(RecoveryError) {
      table = try TableState(record, policy: policy, services: services)
    } catch {
      services.observer.log(id, "not resumed: \(error)")
      return stop()
    }
    for (seat, stay) in table.taken where watching[stay.player.id] != nil {
      table[seat]?.awaySince = nil
    }
    for (seat, stay) in promised where table[seat]?.session == stay.session {
      table[seat]?.promise = stay.promise
    }
    startsAt = nil
    resetTurn()
    publishSnapshots()
    services.observer.occupancyChanged(table.occupancy)
  }
}

package import Core
package import Domino

/// What a decision would lead to: kept beside the committed state until it is durable.
package struct MoveProposal: Sendable {
  /// Whose decision it is.
  package let seat: Seat
  /// Who decided.
  package let decider: Decider
  /// The hand afterwards and all that happens.
  package let step: Step<LineHand>
  /// What the journal is to keep.
  package let append: MoveAppend
  /// How well the seat looks after its turns, afterwards.
  package let attention: Attention
  /// The client's reference.
  package let reference: CommandReference?
}

extension TableState {
  /// What a player's command would lead to, or why it is refused.
  package func propose(
    _ tile: Tile?, at end: LineEnd, turn: Turn, by player: ID<Player>,
    reference: CommandReference?, spentMilliseconds: Int
  ) throws(CommandError) -> MoveProposal {
    guard let seat = seat(of: player) else { throw .notSeated }
    guard let play, play.deals(seat) else { throw .wrongTurn }
    guard play.turn == turn else { throw .wrongTurn }
    guard play.hand.turn == seat else { throw .notYourTurn }
    guard let tile else { throw .notLegal }
    return try propose(
      .place(tile, end), of: seat, by: .player, reference: reference,
      bankUsedMilliseconds: max(0, spentMilliseconds - policy.turnMilliseconds))
  }

  /// What it leads to that the time of the seat to act is up; nil where the turn has passed.
  package func proposeTimeOut(_ turn: Turn) -> MoveProposal? {
    proposeDefault(turn, by: .timeout) { $0.attention.timeBankMilliseconds }
  }

  /// What the trustee does for the seat to act; nil where the turn has passed.
  package func proposeTrustee(_ turn: Turn) -> MoveProposal? {
    proposeDefault(turn, by: .trustee) { _ in 0 }
  }

  /// What a bot's move leads to; nil where the turn has passed or the move is not legal.
  package func propose(_ move: LineMove, ofBot turn: Turn) -> MoveProposal? {
    guard let play, play.turn == turn, let seat = play.hand.turn, play.bot(at: seat) != nil
    else { return nil }
    return try? propose(move, of: seat, by: .bot, reference: nil, bankUsedMilliseconds: 0)
  }

  private func proposeDefault(
    _ turn: Turn, by decider: Decider, bankUsed: (TableSeat) -> Int
  ) -> MoveProposal? {
    guard let play, play.turn == turn, let seat = play.hand.turn, let stay = self[seat],
      let move = play.hand.timeoutMove(for: seat)
    else { return nil }
    return try? propose(
      move, of: seat, by: decider, reference: nil, bankUsedMilliseconds: bankUsed(stay))
  }

  private func propose(
    _ move: LineMove, of seat: Seat, by decider: Decider, reference: CommandReference?,
    bankUsedMilliseconds: Int
  ) throws(CommandError) -> MoveProposal {
    guard let play, let stay = self[seat] else { throw .wrongTurn }
    let step: Step<LineHand>
    do throws(RuleViolation) {
      step = try play.hand.after(move, by: seat)
    } catch {
      throw .notLegal
    }
    var attention = stay.attention
    attention.decide(decider, bankUsedMilliseconds: bankUsedMilliseconds, policy: policy)
    return MoveProposal(
      seat: seat, decider: decider, step: step,
      append: append(step, of: play, decider, attention, reference), attention: attention,
      reference: reference)
  }

  /// The decision is the first move; all others are made by the rules.
  private func append(
    _ step: Step<LineHand>, of play: Play, _ decider: Decider, _ attention: Attention,
    _ reference: CommandReference?
  ) -> MoveAppend {
    var moves: [AppendedMove] = []
    for record in step.moves {
      let isDecision = moves.isEmpty
      let own = isDecision ? attention : self[record.seat]?.attention ?? attention
      moves.append(
        AppendedMove(
          number: play.deciders.count + moves.count + 1, seat: record.seat,
          decider: isDecision ? decider : .rules, move: record.move,
          reference: isDecision ? reference : nil,
          timeBankMilliseconds: own.timeBankMilliseconds, isTrustee: own.isTrustee))
    }
    return MoveAppend(room: facts.id, fence: fence, hand: play.id, moves: moves)
  }

  /// The state once the proposal is durable.
  package mutating func apply(_ proposal: MoveProposal) {
    guard play?.id == proposal.append.hand else { return }
    play?.hand = proposal.step.hand
    play?.deciders += proposal.append.moves.map(\.decider)
    self[proposal.seat]?.attention = proposal.attention
  }
}

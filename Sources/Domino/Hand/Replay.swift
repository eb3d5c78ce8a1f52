/// Why a journal does not belong to the hand that it is replayed on.
package enum ReplayError: Error, Hashable, Sendable {
  /// The hand cannot start.
  case setup(SetupError)
  /// The rules refuse the move with this number, counted from 1.
  case refused(number: Int, RuleViolation)
  /// The rules made another move by themselves than the one recorded.
  case differs(number: Int)
  /// The journal breaks off within a command: the rules had more to do at this number.
  case incomplete(number: Int)
}

extension PlayableHand {
  /// The hand that the journal tells of: the recorded decisions are made again, and what the rules
  /// did by themselves must be what was recorded.
  package static func replay(
    _ setup: HandSetup<Rules>,
    deck: [Tile],
    journal: [RecordedMove<Move>]
  ) throws(ReplayError) -> Self {
    var hand: Self
    var done: [RecordedMove<Move>]
    do throws(SetupError) {
      let start = try deal(setup, deck: deck)
      (hand, done) = (start.hand, start.moves)
    } catch { throw .setup(error) }
    try compare(done, with: journal, from: 0)
    while done.count < journal.count {
      let step = try hand.step(journal[done.count], number: done.count + 1)
      try compare(step.moves, with: journal, from: done.count)
      done += step.moves
      hand = step.hand
    }
    return hand
  }

  private func step(
    _ record: RecordedMove<Move>,
    number: Int
  ) throws(ReplayError) -> Step<Self> {
    do throws(RuleViolation) {
      return try after(record.move, by: record.seat)
    } catch { throw .refused(number: number, error) }
  }

  private static func compare(
    _ made: [RecordedMove<Move>],
    with journal: [RecordedMove<Move>],
    from start: Int
  ) throws(ReplayError) {
    for (offset, move) in made.enumerated() {
      let index = start + offset
      guard index < journal.count else { throw .incomplete(number: index + 1) }
      guard journal[index] == move else { throw .differs(number: index + 1) }
    }
  }
}

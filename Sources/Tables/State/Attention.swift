/// How well a seat looks after its turns: time bank, time-outs, and whether the trustee plays.
package struct Attention: Sendable, Hashable {
  /// What is left of the time bank.
  package private(set) var timeBankMilliseconds: Int
  /// Time-outs since the player last decided.
  package private(set) var timeOuts = 0
  /// Whether the trustee plays for the seat.
  package private(set) var isTrustee = false
  /// Hands in a row that the trustee played from the player's last decision on.
  package private(set) var autoPlayedHands = 0
  private var hasDecided = false

  /// A player who has just sat down.
  package init(policy: TablePolicy) {
    timeBankMilliseconds = policy.timeBankMilliseconds
  }

  /// A hand begins in which the seat plays.
  package mutating func beginHand(policy: TablePolicy) {
    hasDecided = false
    timeBankMilliseconds = min(
      timeBankMilliseconds + policy.timeBankRefillMilliseconds, policy.timeBankMilliseconds)
  }

  /// A decision was made that took so much of the time bank.
  package mutating func decide(
    _ decider: Decider, bankUsedMilliseconds used: Int, policy: TablePolicy
  ) {
    timeBankMilliseconds = max(0, timeBankMilliseconds - used)
    switch decider {
    case .player, .bot:
      timeOuts = 0
      isTrustee = false
      autoPlayedHands = 0
      hasDecided = true
    case .timeout:
      timeOuts += 1
      if timeOuts >= policy.timeOutsMax { isTrustee = true }
    case .trustee, .rules: break
    }
  }

  /// A decision as the journal tells of it.
  package mutating func recall(_ decider: Decider, timeBankMilliseconds bank: Int, isTrustee: Bool)
  {
    switch decider {
    case .player, .bot:
      timeOuts = 0
      autoPlayedHands = 0
      hasDecided = true
    case .timeout: timeOuts += 1
    case .trustee: break
    case .rules: return
    }
    timeBankMilliseconds = bank
    self.isTrustee = isTrustee
  }

  /// The hand is over.
  package mutating func endHand() {
    if isTrustee, !hasDecided { autoPlayedHands += 1 }
  }

  /// The player is back.
  package mutating func comeBack() {
    timeOuts = 0
    isTrustee = false
    autoPlayedHands = 0
    hasDecided = true
  }

  /// The player is away when a hand begins.
  package mutating func goAway() { isTrustee = true }
}

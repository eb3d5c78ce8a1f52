import Core
import Store

/// The ledger as plain Swift, item by item, written from the rules of posting and not from the SQL:
/// what `post_transactions` is held to.
struct LedgerModel {
  /// What a wallet is to the rules of kinds.
  enum Role: String, CaseIterable {
    case player, seat, pool, issue, rake, burn
  }

  struct Wallet {
    var role: Role
    var currency: Currency
    /// Nil for a system wallet.
    var balance: Int64?
    var isFrozen = false
  }

  struct Stored {
    var posting: Posting
    var result: PostingResult
  }

  /// Kinds that a frozen wallet still takes part in, unless it is a pool that pays.
  static let freezeExempt: Set<Posting.Kind> = [.settlement, .rake, .refund, .cashOut]

  var wallets: [SerialID<Place>: Wallet]
  private(set) var stored: [ID<Transaction>: Stored] = [:]
  /// Milliseconds since 1970 within which a new id must lie.
  var window: Range<UInt64>

  typealias Place = Core.Wallet

  init(wallets: [SerialID<Place>: Wallet], window: Range<UInt64>) {
    self.wallets = wallets
    self.window = window
  }

  /// Posts a batch: units (single items and groups) in the order of their first items.
  mutating func post(_ batch: [Posting]) -> [PostingResult] {
    var results = [PostingResult?](repeating: nil, count: batch.count)
    let storedBefore = stored
    for unit in Self.units(of: batch) {
      if batch[unit[0]].group == nil {
        results[unit[0]] = post(single: batch[unit[0]])
      } else {
        let answers = post(group: unit.map { batch[$0] }, storedBefore: storedBefore)
        for (index, answer) in zip(unit, answers) { results[index] = answer }
      }
    }
    return results.map { $0! }
  }

  private static func units(of batch: [Posting]) -> [[Int]] {
    var units: [[Int]] = []
    var unitOfGroup: [ID<Transaction>: Int] = [:]
    for (index, posting) in batch.enumerated() {
      if let group = posting.group?.id {
        if let unit = unitOfGroup[group] {
          units[unit].append(index)
          continue
        }
        unitOfGroup[group] = units.count
      }
      units.append([index])
    }
    return units
  }

  private mutating func post(single posting: Posting) -> PostingResult {
    if let known = known(posting, in: stored) { return known }
    if let refusal = refusal(of: posting) { return PostingResult(outcome: refusal) }
    return move(posting)
  }

  private mutating func post(
    group: [Posting], storedBefore: [ID<Transaction>: Stored]
  ) -> [PostingResult] {
    let before = self
    let knownBefore = group.map { known($0, in: storedBefore) }
    var verdict: PostingResult.Outcome?
    if knownBefore.contains(where: { $0?.outcome == .existsWithDifferentContent }) {
      verdict = .groupFailed
    } else if knownBefore.contains(where: { $0?.outcome == .exists }) || !Self.isWhole(group) {
      verdict = .groupMismatch
    }
    var results: [PostingResult] = []
    var isLost = false
    for (posting, knownFirst) in zip(group, knownBefore) {
      var answer = knownFirst ?? known(posting, in: stored)
      if answer == nil, let verdict { answer = PostingResult(outcome: verdict) }
      if answer == nil, isLost { answer = PostingResult(outcome: .groupFailed) }
      if answer == nil, let refusal = refusal(of: posting) {
        answer = PostingResult(outcome: refusal)
      }
      let result = answer ?? move(posting)
      results.append(result)
      if ![.ok, .exists, .groupMismatch].contains(result.outcome), !isLost {
        // The first refusal takes back what came before it.
        isLost = true
        self = before
        for index in 0..<(results.count - 1) where knownBefore[index] == nil {
          if [.ok, .exists].contains(results[index].outcome) {
            results[index] = PostingResult(outcome: .groupFailed)
          }
        }
      }
    }
    return results
  }

  private static func isWhole(_ group: [Posting]) -> Bool {
    let size = group[0].group!.size
    return group.allSatisfy { $0.group!.size == size }
      && Set(group.map(\.id)).count == Int(size)
      && group.contains { $0.id == $0.group!.id }
  }

  private func known(
    _ posting: Posting, in stored: [ID<Transaction>: Stored]
  ) -> PostingResult? {
    guard let earlier = stored[posting.id] else { return nil }
    var content = posting
    content.actor = earlier.posting.actor
    guard content == earlier.posting else {
      return PostingResult(outcome: .existsWithDifferentContent)
    }
    var result = earlier.result
    result.outcome = .exists
    return result
  }

  /// Which kinds go from where to where; seats take part in none of them.
  static let routes: [Posting.Kind: [(giver: Role, receiver: Role)]] = [
    .grant: [(.issue, .player), (.issue, .pool)],
    .bonus: [(.issue, .player), (.pool, .player)],
    .reward: [(.issue, .player), (.pool, .player)],
    .purchase: [(.issue, .player)],
    .gift: [(.player, .player), (.player, .pool), (.pool, .player)],
    .transfer: [(.player, .player), (.player, .pool), (.pool, .pool)],
    .burn: [(.player, .burn), (.pool, .burn)],
    .adjustment: [(.issue, .player), (.issue, .pool), (.player, .issue), (.pool, .issue)],
    .rake: [(.pool, .rake)],
    .refund: [(.pool, .player)],
    .tournamentEntry: [(.player, .pool)],
    .tournamentPrize: [(.pool, .player)],
  ]

  /// Whether a kind may go so: a reversal wherever some kind goes the other way.
  static func allows(_ kind: Posting.Kind, from giver: Role, to receiver: Role) -> Bool {
    guard kind == .reversal else {
      return routes[kind]?.contains { $0 == (giver, receiver) } ?? false
    }
    return routes.values.joined().contains { $0 == (receiver, giver) }
  }

  private static func isPossible(_ posting: Posting) -> Bool {
    let version = posting.id.rawValue >> 76 & 0xF
    let reference = posting.reference
    return version == 7 && posting.debit != posting.credit
      && (posting.kind == .reversal) == (posting.reverses != nil)
      && (1...32).contains(reference?.type.count ?? 1)
      && (1...64).contains(reference?.id.count ?? 1)
  }

  private func refusal(of posting: Posting) -> PostingResult.Outcome? {
    guard Self.isPossible(posting) else { return .invalid }
    guard window.contains(posting.id.millisecondsSince1970) else { return .idOutOfWindow }
    guard posting.amount >= 1, posting.amount <= .amountMax else { return .amountOutOfRange }
    guard let debit = wallets[posting.debit], let credit = wallets[posting.credit] else {
      return .walletNotFound
    }
    guard debit.currency == posting.currency, credit.currency == posting.currency else {
      return .currencyMismatch
    }
    guard Self.allows(posting.kind, from: debit.role, to: credit.role) else {
      return .kindNotAllowed
    }
    if debit.isFrozen || credit.isFrozen,
      !Self.freezeExempt.contains(posting.kind) || debit.isFrozen && debit.role == .pool
    {
      return .walletFrozen
    }
    if let original = posting.reverses, let refusal = refusal(of: posting, reversing: original) {
      return refusal
    }
    if let balance = debit.balance, balance < posting.amount.rawValue { return .insufficientFunds }
    if let balance = credit.balance,
      balance + posting.amount.rawValue > Chips.balanceMax.rawValue
    {
      return .amountOutOfRange
    }
    return nil
  }

  private func refusal(
    of posting: Posting, reversing id: ID<Transaction>
  ) -> PostingResult.Outcome? {
    guard let original = stored[id]?.posting else { return .reversalNotFound }
    guard original.reverses == nil, original.currency == posting.currency,
      original.debit == posting.credit, original.credit == posting.debit
    else { return .reversalMismatch }
    let undone = stored.values.filter { $0.posting.reverses == id }
      .reduce(Chips.zero) { $0 + $1.posting.amount }
    return undone + posting.amount > original.amount ? .reversalExceedsOriginal : nil
  }

  private mutating func move(_ posting: Posting) -> PostingResult {
    let debit = wallets[posting.debit]!.balance.map { $0 - posting.amount.rawValue }
    wallets[posting.debit]!.balance = debit
    let credit = wallets[posting.credit]!.balance.map { $0 + posting.amount.rawValue }
    wallets[posting.credit]!.balance = credit
    let result = PostingResult(
      outcome: .ok, debitBalance: debit.map(Chips.init(rawValue:)),
      creditBalance: credit.map(Chips.init(rawValue:)))
    stored[posting.id] = Stored(posting: posting, result: result)
    return result
  }
}

import Core
import Store
import TestSupport

/// Random batches that go wrong in every way there is.
struct BatchGenerator {
  var random: SeededGenerator
  let places: [SerialID<Wallet>]
  let wallets: [SerialID<Wallet>: LedgerModel.Wallet]
  /// Milliseconds since 1970.
  let now: UInt64
  private var past: [Posting] = []

  init(
    seed: UInt64, places: [SerialID<Wallet>],
    wallets: [SerialID<Wallet>: LedgerModel.Wallet], now: UInt64
  ) {
    random = SeededGenerator(seed: seed)
    self.places = places
    self.wallets = wallets
    self.now = now
  }

  /// From 1 to 12 items, some of them in groups, some of them sent before.
  mutating func batch() -> [Posting] {
    var batch: [Posting] = []
    for _ in 0..<Int.random(in: 1...5, using: &random) {
      switch Int.random(in: 0..<100, using: &random) {
      case 0..<45: batch.append(single())
      case 45..<75: batch += group()
      case 75..<85: batch.append(again())
      case 85..<95: batch.append(reversal())
      default: if let twice = batch.randomElement(using: &random) { batch.append(twice) }
      }
    }
    if random.chance(percent: 10) { batch.shuffle(using: &random) }
    past += batch
    if past.count > 400 { past.removeFirst(past.count - 400) }
    return batch
  }

  private mutating func single() -> Posting {
    let debit = places.randomElement(using: &random)!
    let currency = wallets[debit]?.currency ?? .coins
    // Mostly a receiver of the same currency, so that most postings can succeed.
    let fitting = places.filter { $0 != debit && wallets[$0]?.currency == currency }
    let anyone = places.filter { $0 != debit }
    let credit = (random.chance(percent: 93) ? fitting : anyone).randomElement(using: &random)!
    let posting = Posting(
      id: id(), kind: kind(from: debit, to: credit), debit: debit, credit: credit,
      currency: random.chance(percent: 97) ? currency : .tokens, amount: amount(),
      reference: random.chance(percent: 50) ? .init(type: "hand", id: "7") : nil)
    return random.chance(percent: 2) ? malformed(posting) : posting
  }

  /// A posting that can never be, in one of the ways that there are.
  private mutating func malformed(_ posting: Posting) -> Posting {
    var odd = posting
    switch Int.random(in: 0..<6, using: &random) {
    case 0: odd.credit = odd.debit
    case 1: odd.kind = .reversal
    case 2: odd.reverses = past.randomElement(using: &random)?.id ?? odd.id
    case 3: odd.reference = .init(type: String(repeating: "x", count: 33), id: "7")
    case 4: odd.reference = .init(type: "order", id: "")
    default: odd.id = ID(rawValue: odd.id.rawValue ^ (0xF << 76))
    }
    return odd
  }

  private mutating func group() -> [Posting] {
    var members = (0..<Int.random(in: 1...4, using: &random)).map { _ in single() }
    let leader = random.chance(percent: 95) ? members[0].id : id()
    let size = members.count + (random.chance(percent: 4) ? 1 : 0)
    for index in members.indices {
      let own = size + (random.chance(percent: 2) ? 1 : 0)
      members[index].group = .init(id: leader, size: Int32(own))
    }
    if random.chance(percent: 5) { members.append(members[0]) }
    return members
  }

  /// Something that was sent before, as it was or changed.
  private mutating func again() -> Posting {
    guard var posting = past.randomElement(using: &random) else { return single() }
    switch Int.random(in: 0..<8, using: &random) {
    case 0: posting.amount = amount()
    case 1: posting.kind = anyKind()
    case 2: posting.reference = .init(type: "order", id: "x")
    case 3: posting.group = nil
    case 4 where posting.kind != .reversal:
      posting.group = .init(id: posting.id, size: 1)
    default: break
    }
    if posting.reverses != nil { posting.kind = .reversal }
    return posting
  }

  private mutating func reversal() -> Posting {
    guard let original = original() else { return single() }
    let mirrored = random.chance(percent: 90)
    let part = Int64.random(in: 1...max(1, min(original.amount.rawValue, 1 << 40)), using: &random)
    return Posting(
      id: id(), kind: .reversal,
      debit: mirrored ? original.credit : original.debit,
      credit: mirrored ? original.debit : original.credit,
      currency: original.currency,
      amount: random.chance(percent: 30) ? original.amount : Chips(rawValue: part),
      reverses: random.chance(percent: 95) ? original.id : id())
  }

  /// Something to reverse: often what has been reversed before.
  private mutating func original() -> Posting? {
    if random.chance(percent: 40),
      let id = past.compactMap(\.reverses).randomElement(using: &random),
      let again = past.first(where: { $0.id == id })
    {
      return again
    }
    return past.randomElement(using: &random)
  }

  private mutating func id() -> ID<Transaction> {
    let day: UInt64 = 86_400_000
    let moment =
      switch Int.random(in: 0..<100, using: &random) {
      case 0: now - 40 * day
      case 1: now + day
      case 2..<6: now - 30 * day
      default: now
      }
    let bits = UInt128(random.next()) << 64 | UInt128(random.next())
    return ID(millisecondsSince1970: moment, random: bits)
  }

  /// Mostly a kind that may go so, where there is one.
  private mutating func kind(
    from debit: SerialID<Wallet>, to credit: SerialID<Wallet>
  ) -> Posting.Kind {
    guard random.chance(percent: 92), let giver = wallets[debit]?.role,
      let receiver = wallets[credit]?.role
    else { return anyKind() }
    let fitting = Posting.Kind.allCases.filter {
      $0 != .reversal && LedgerModel.allows($0, from: giver, to: receiver)
    }
    return fitting.randomElement(using: &random) ?? anyKind()
  }

  private mutating func anyKind() -> Posting.Kind {
    Posting.Kind.allCases.filter { $0 != .reversal }.randomElement(using: &random)!
  }

  private mutating func amount() -> Chips {
    switch Int.random(in: 0..<200, using: &random) {
    case 0: 0
    case 1: Chips(rawValue: -5)
    case 2: Chips(rawValue: Chips.amountMax.rawValue + 1)
    case 3: Chips(rawValue: .max)
    case 4..<10: .amountMax
    default: Chips(rawValue: Int64.random(in: 1...3000, using: &random))
    }
  }
}

import Core
import Store
import TestSupport

/// Random batches that go wrong in every way there is.
struct BatchGenerator {
  var random: SeededGenerator
  let places: [SerialID<Wallet>]
  let currencies: [SerialID<Wallet>: Currency]
  /// Milliseconds since 1970.
  let now: UInt64
  private var past: [Posting] = []

  init(
    seed: UInt64, places: [SerialID<Wallet>], currencies: [SerialID<Wallet>: Currency],
    now: UInt64
  ) {
    random = SeededGenerator(seed: seed)
    self.places = places
    self.currencies = currencies
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
    let currency = currencies[debit] ?? .coins
    // Mostly a receiver of the same currency, so that most postings can succeed.
    let fitting = places.filter { $0 != debit && currencies[$0] == currency }
    let anyone = places.filter { $0 != debit }
    let credit = (random.chance(percent: 93) ? fitting : anyone).randomElement(using: &random)!
    return Posting(
      id: id(), kind: kind(), debit: debit, credit: credit,
      currency: random.chance(percent: 97) ? currency : .tokens, amount: amount(),
      reference: random.chance(percent: 50) ? .init(type: "hand", id: "7") : nil)
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
    case 1: posting.kind = kind()
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
    guard let original = past.randomElement(using: &random) else { return single() }
    let mirrored = random.chance(percent: 90)
    let part = Int64.random(in: 1...max(1, min(original.amount.rawValue, 1 << 40)), using: &random)
    return Posting(
      id: id(), kind: .reversal,
      debit: mirrored ? original.credit : original.debit,
      credit: mirrored ? original.debit : original.credit,
      currency: original.currency, amount: Chips(rawValue: part),
      reverses: random.chance(percent: 95) ? original.id : id())
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

  private mutating func kind() -> Posting.Kind {
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

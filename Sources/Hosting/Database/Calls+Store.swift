import Core
import Domino
import Fairness
import Postgres
import Store
import Tables

extension Store.HandStart.Seed {
  init(_ sealed: SealedSeed) {
    self.init(commit: sealed.commit.bytes, encrypted: sealed.encrypted, keyID: sealed.keyID)
  }
}

extension SealedSeed {
  init?(_ seed: Store.HandStart.Seed) {
    guard let commit = Commit(hexadecimal: Hexadecimal.text(seed.commit)) else { return nil }
    self.init(commit: commit, encrypted: seed.encrypted, keyID: seed.keyID)
  }
}

extension Store.HandStart {
  init(_ start: Tables.HandStart) {
    var opener: Int16?
    if case .seat(let seat) = start.opening { opener = Int16(seat.number) }
    self.init(
      hand: start.hand, room: start.room, fence: start.fence,
      rulesVersion: Int32(LineRules.rulesVersion), options: start.rules.storedOptions,
      seed: .init(start.seed), seats: start.seats.map(Seat.init), openerSeat: opener)
  }
}

extension Store.HandStart.Seat {
  init(_ dealt: DealtSeat) {
    self.init(
      number: Int16(dealt.seat.number), clientSeed: dealt.clientSeed.text,
      bot: dealt.bot.map { bot in
        Bot(
          style: bot.style.rawValue, strength: Int16(bot.strength),
          seed: withUnsafeBytes(of: bot.seed.bigEndian) { Array($0) })
      })
  }
}

extension Store.HandSettlement {
  init(_ settlement: Tables.HandSettlement) {
    self.init(
      hand: settlement.hand, fence: settlement.fence,
      payments: settlement.payments.map { payment in
        Payment(
          payer: Int16(payment.from.number), payee: payment.to.map { Int16($0.number) },
          amount: payment.amount, reason: payment.reason.rawValue)
      },
      result: JSONText(bytes: settlement.result), revealedSeed: settlement.seed.bytes)
  }
}

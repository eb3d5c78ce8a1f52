package import Core

/// One payment to be posted: an amount from one wallet to another.
package struct Posting: Hashable, Sendable {
  /// What a payment is for; the database's constraint `transactions_kind_known`.
  package enum Kind: String, CaseIterable, Sendable {
    case grant, bonus, reward, purchase, gift, transfer, burn, adjustment
    case buyIn = "buy_in"
    case cashOut = "cash_out"
    case settlement, rake, refund
    case tournamentEntry = "tournament_entry"
    case tournamentPrize = "tournament_prize"
    case reversal
  }

  /// A group of postings that is posted whole or not at all.
  package struct Group: Hashable, Sendable {
    /// The id of the group's first posting.
    package var id: ID<Transaction>
    /// How many postings it has.
    package var size: Int32

    /// A group that is led by a posting.
    package init(id: ID<Transaction>, size: Int32) {
      self.id = id
      self.size = size
    }
  }

  /// What a payment belongs to.
  package struct Reference: Hashable, Sendable {
    /// The kind of thing: hand, session, tournament, order, …; at most 32 characters.
    package var type: String
    /// Its identifier; at most 64 characters.
    package var id: String

    /// A reference to a thing.
    package init(type: String, id: String) {
      self.type = type
      self.id = id
    }
  }

  /// Chosen by the caller: the key of exactly-once.
  package var id: ID<Transaction>
  /// What it is for.
  package var kind: Kind
  /// The wallet that gives.
  package var debit: SerialID<Wallet>
  /// The wallet that receives.
  package var credit: SerialID<Wallet>
  /// The currency of both.
  package var currency: Currency
  /// From 1 to `Chips.amountMax`.
  package var amount: Chips
  /// The group it belongs to.
  package var group: Group?
  /// The transaction that it undoes, wholly or in part; for reversals only.
  package var reverses: ID<Transaction>?
  /// What it belongs to.
  package var reference: Reference?
  /// Who caused it; nil for the house.
  package var actor: ID<Player>?

  /// A payment on its own.
  package init(
    id: ID<Transaction>, kind: Kind, debit: SerialID<Wallet>, credit: SerialID<Wallet>,
    currency: Currency, amount: Chips, group: Group? = nil, reverses: ID<Transaction>? = nil,
    reference: Reference? = nil, actor: ID<Player>? = nil
  ) {
    self.id = id
    self.kind = kind
    self.debit = debit
    self.credit = credit
    self.currency = currency
    self.amount = amount
    self.group = group
    self.reverses = reverses
    self.reference = reference
    self.actor = actor
  }
}

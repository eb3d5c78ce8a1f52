package import Core

/// What became of one posting.
package struct PostingResult: Hashable, Sendable {
  /// Every way in which a posting can be answered.
  package enum Outcome: String, CaseIterable, Sendable {
    /// Posted now.
    case ok
    /// Posted before, with the same content.
    case exists
    /// The id was used for something else.
    case existsWithDifferentContent = "exists_with_different_content"
    /// No such payment can be: from a wallet to itself, a reversal of nothing, an id that is not of
    /// version 7, half a reference, an unknown kind.
    case invalid
    /// A payment of this kind does not go from such a wallet to such a wallet: `posting_rules()`.
    case kindNotAllowed = "kind_not_allowed"
    case insufficientFunds = "insufficient_funds"
    case walletNotFound = "wallet_not_found"
    case walletFrozen = "wallet_frozen"
    case currencyMismatch = "currency_mismatch"
    /// Not between 1 and `Chips.amountMax`, or the receiver's balance would pass `balanceMax`.
    case amountOutOfRange = "amount_out_of_range"
    /// The player's own limit does not allow the buy-in.
    case limitExceeded = "limit_exceeded"
    /// Another posting of the group was refused.
    case groupFailed = "group_failed"
    /// The group is not whole, or was posted before with other members.
    case groupMismatch = "group_mismatch"
    /// A new id must be of the last 35 days and at most 5 minutes ahead.
    case idOutOfWindow = "id_out_of_window"
    case reversalNotFound = "reversal_not_found"
    /// Not the mirror image of the original, or the original is itself a reversal.
    case reversalMismatch = "reversal_mismatch"
    case reversalExceedsOriginal = "reversal_exceeds_original"
  }

  /// How it was answered.
  package var outcome: Outcome
  /// The giver's balance after the posting; nil for a system wallet or when refused.
  package var debitBalance: Chips?
  /// The receiver's balance after the posting; nil for a system wallet or when refused.
  package var creditBalance: Chips?

  /// An answer as it stands.
  package init(outcome: Outcome, debitBalance: Chips? = nil, creditBalance: Chips? = nil) {
    self.outcome = outcome
    self.debitBalance = debitBalance
    self.creditBalance = creditBalance
  }
}

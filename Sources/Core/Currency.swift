/// The kinds of play money.
package enum Currency: String, CaseIterable, Sendable {
  /// What is played for.
  case coins = "COINS"
  /// What is earned slowly.
  case gems = "GEMS"
  /// What tournaments are entered with.
  case tokens = "TOKENS"
}

extension DealProblem: CustomStringConvertible {
  /// One sentence for whoever verifies a deal.
  package var description: String {
    switch self {
    case .unknownScheme(let scheme):
      "The record follows the scheme '\(scheme)'; this program knows '\(DealRecord.currentScheme)'."
    case .unreadableCommit:
      "The commit is not 64 hexadecimal digits."
    case .unreadableServerSeed:
      "The server seed is not 64 hexadecimal digits."
    case .badClientSeed(let place, _):
      "Client seed \(place + 1) is not 1 to \(ClientSeed.maximumLength) characters of A-Za-z0-9_-."
    case .noClientSeeds:
      "The record has no client seeds; it needs one of each seat that played."
    case .commitDiffers(let promised, let revealed):
      "The server promised \(promised), but the seed it revealed hashes to \(revealed)."
    case .deckDiffers(let place, let expected, let found):
      "Tile \(place + 1) of the deck should have the id \(expected), but \(found) was dealt."
    case .deckLength(let count):
      "The deck has \(count) tiles; it must have \(Shuffle.tileCount)."
    }
  }
}

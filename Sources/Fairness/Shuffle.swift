/// The deck that seeds and nonce give, and the draws after it.
package struct Shuffle: Sendable {
  /// The ids 0...27 in the order in which they are dealt.
  package let deck: [UInt8]
  /// How many words the deck took.
  package var wordsUsed: Int { stream.wordsUsed }
  /// How many of them were thrown away.
  package var rejections: Int { stream.rejections }
  private let stream: FairStream

  /// How many tiles are shuffled.
  package static let tileCount = 28

  /// The deck of a hand by Fisher and Yates, from the last place down.
  ///
  /// - Parameters:
  ///   - client: the client seeds as `ClientSeed.joined` gives them.
  ///   - nonce: the hand's number at its table.
  package init(server: ServerSeed, client: String, nonce: UInt64) {
    var stream = FairStream(server: server, client: client, nonce: nonce)
    var deck = (0..<UInt8(Shuffle.tileCount)).map { $0 }
    for last in stride(from: Shuffle.tileCount - 1, through: 1, by: -1) {
      deck.swapAt(last, stream.number(below: UInt32(last + 1)))
    }
    self.deck = deck
    self.stream = stream
  }

  /// The deck of a hand with these client seeds in rising order of seats.
  package init(server: ServerSeed, clients: [ClientSeed], nonce: UInt64) {
    self.init(server: server, client: ClientSeed.joined(clients), nonce: nonce)
  }

  /// The place, 0..<count, that opens where the opener is drawn: the next number of the stream.
  package func drawnPlace(of count: Int) -> Int {
    var rest = stream
    return rest.number(below: UInt32(count))
  }
}

import Crypto

/// The endless row of random words that a server seed and a message give.
///
/// Block n is HMAC-SHA256(key: server seed, message: "client:nonce:n"), n from 0; each block is
/// eight words of 32 bits, big-endian.
package struct FairStream: Sendable {
  /// Words that were taken.
  package private(set) var wordsUsed = 0
  /// Words that were thrown away, so that no value is likelier than another.
  package private(set) var rejections = 0
  private let key: SymmetricKey
  private let prefix: String
  private var block: [UInt8] = []

  private static let wordsPerBlock = 8
  private static let wordCount: UInt64 = 1 << 32

  /// The stream of a hand.
  ///
  /// - Parameters:
  ///   - client: the client seeds as `ClientSeed.joined` gives them.
  ///   - nonce: the hand's number at its table.
  package init(server: ServerSeed, client: String, nonce: UInt64) {
    key = SymmetricKey(data: server.bytes)
    prefix = "\(client):\(nonce):"
  }

  /// A number of 0..<count, each exactly as likely.
  package mutating func number(below count: UInt32) -> Int {
    precondition(count > 0, "there is no number below nothing")
    let limit = FairStream.wordCount - FairStream.wordCount % UInt64(count)
    while true {
      let word = nextWord()
      if UInt64(word) < limit { return Int(word % count) }
      rejections += 1
    }
  }

  private mutating func nextWord() -> UInt32 {
    let place = wordsUsed % FairStream.wordsPerBlock
    if place == 0 { block = makeBlock(wordsUsed / FairStream.wordsPerBlock) }
    wordsUsed += 1
    return block[place * 4..<place * 4 + 4].reduce(0) { $0 << 8 | UInt32($1) }
  }

  private func makeBlock(_ counter: Int) -> [UInt8] {
    let message = Array((prefix + String(counter)).utf8)
    return Array(HMAC<SHA256>.authenticationCode(for: message, using: key))
  }
}

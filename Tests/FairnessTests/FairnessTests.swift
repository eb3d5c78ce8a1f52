import Foundation
import Testing

import Fairness

private struct Vectors: Decodable {
  let vectors: [Vector]

  struct Vector: Decodable {
    let server_seed_hex: String
    let commit_sha256: String
    let client_seed: String
    let nonce: UInt64
    let permutation_ids: [UInt8]
    let words_used: Int
    let rejections: Int
  }
}

/// Numbers that a test can foresee.
private struct CountingRandom: RandomNumberGenerator {
  var state: UInt64 = 1

  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state ^ (state >> 33)
  }
}

@Suite("Fair deals")
struct FairnessTests {
  @Test("follow the golden figures")
  func vectors() throws {
    let url = Bundle.module.bundleURL.appending(path: "Vectors/fair_shuffle.json")
    let golden = try JSONDecoder().decode(Vectors.self, from: Data(contentsOf: url)).vectors
    #expect(golden.count >= 2)
    for vector in golden {
      let server = try #require(ServerSeed(hexadecimal: vector.server_seed_hex))
      let shuffle = Shuffle(server: server, client: vector.client_seed, nonce: vector.nonce)
      #expect(server.commit.hexadecimal == vector.commit_sha256)
      #expect(shuffle.deck == vector.permutation_ids)
      #expect(shuffle.wordsUsed == vector.words_used)
      #expect(shuffle.rejections == vector.rejections)
    }
  }

  @Test("every deck has the 28 tiles, and every tile comes to every place about as often")
  func spread() throws {
    var random = CountingRandom()
    let client = try ClientSeed("a")
    var counts = [[Int]](repeating: [Int](repeating: 0, count: 28), count: 28)
    for nonce in 1...2800 {
      let deck = Shuffle(
        server: ServerSeed(using: &random),
        clients: [client],
        nonce: UInt64(nonce)
      ).deck
      #expect(Set(deck) == Set(0..<28))
      for (place, id) in deck.enumerated() { counts[place][Int(id)] += 1 }
    }
    let least = counts.joined().min() ?? 0
    let most = counts.joined().max() ?? 0
    #expect(least > 50 && most < 160, "expected about 100 each, found \(least)...\(most)")
  }

  @Test("numbers below a count that does not divide 2^32 are drawn without bias by rejection")
  func rejection() throws {
    let server = try #require(ServerSeed(bytes: [UInt8](repeating: 7, count: 32)))
    var stream = FairStream(server: server, client: "x", nonce: 3)
    let count: UInt32 = 0xC000_0000
    for _ in 0..<1000 { #expect(stream.number(below: count) < Int(count)) }
    #expect(stream.rejections > 200)
    #expect(stream.wordsUsed == 1000 + stream.rejections)
  }

  @Test("the drawn opener follows from the seeds and leaves the deck as it is")
  func opener() throws {
    var random = CountingRandom()
    var seen = Set<Int>()
    for nonce in UInt64(1)...64 {
      let shuffle = Shuffle(
        server: ServerSeed(using: &random),
        clients: [try ClientSeed("a")],
        nonce: nonce
      )
      let place = shuffle.drawnPlace(of: 4)
      #expect(shuffle.drawnPlace(of: 4) == place)
      seen.insert(place)
    }
    #expect(seen == [0, 1, 2, 3])
  }

  @Test("client seeds are joined by commas")
  func joined() throws {
    let seeds = try ["alice", "b_2", "C-3"].map { try ClientSeed($0) }
    #expect(ClientSeed.joined(seeds) == "alice,b_2,C-3")
  }

  @Test(
    "text that is no client seed is refused",
    arguments: [
      ("", ClientSeedError.empty), ("a,b", .characterNotAllowed), ("a:b", .characterNotAllowed),
      ("é", .characterNotAllowed), ("a b", .characterNotAllowed),
      (String(repeating: "x", count: 65), .tooLong(65)),
    ]
  )
  func badClientSeed(text: String, reason: ClientSeedError) {
    #expect(throws: reason) { try ClientSeed(text) }
  }

  @Test("seeds and commits are read from hexadecimal digits, and nothing else")
  func hexadecimal() {
    let digits = String(repeating: "0aF9", count: 16)
    #expect(ServerSeed(hexadecimal: digits)?.hexadecimal == digits.lowercased())
    #expect(ServerSeed(hexadecimal: String(digits.dropLast(2))) == nil)
    #expect(ServerSeed(hexadecimal: String(digits.dropLast())) == nil)
    #expect(Commit(hexadecimal: "zz" + digits.dropFirst(2)) == nil)
  }
}

import Foundation
import Testing

import Fairness

@Suite("Verifying a deal")
struct VerificationTests {
  private static func record() throws -> DealRecord {
    let server = try #require(ServerSeed(bytes: (0..<32).map { UInt8($0) }))
    let clients = try ["alice", "bob", "carol", "dave"].map { try ClientSeed($0) }
    return DealRecord(server: server, clients: clients, nonce: 12)
  }

  @Test("an honest record is fair, also after a trip through JSON")
  func fair() throws {
    let record = try Self.record()
    let data = try JSONEncoder().encode(record)
    #expect(try JSONDecoder().decode(DealRecord.self, from: data).verify() == .fair)
  }

  @Test("a seed other than the promised one is found")
  func otherSeed() throws {
    var record = try Self.record()
    let promised = record.commit
    let other = try #require(ServerSeed(bytes: [UInt8](repeating: 9, count: 32)))
    record = DealRecord(server: other, clients: [try ClientSeed("alice")], nonce: 12)
    record.commit = promised
    #expect(
      record.verify()
        == .unfair([.commitDiffers(promised: promised, revealed: other.commit.hexadecimal)])
    )
  }

  @Test("two tiles that changed places are found")
  func swappedTiles() throws {
    var record = try Self.record()
    record.deck.swapAt(3, 20)
    #expect(
      record.verify()
        == .unfair([.deckDiffers(place: 3, expected: record.deck[20], found: record.deck[3])])
    )
  }

  @Test("another nonce, other client seeds or another order of them give another deck")
  func otherInputs() throws {
    var later = try Self.record()
    later.nonce += 1
    #expect(later.verify() != .fair)
    var reordered = try Self.record()
    reordered.clientSeeds.swapAt(0, 1)
    #expect(reordered.verify() != .fair)
  }

  @Test("what cannot be read is named, all of it at once")
  func unreadable() throws {
    var record = try Self.record()
    record.clientSeeds[1] = "b,c"
    record.commit = "12"
    record.deck = []
    #expect(
      record.verify()
        == .unfair([.badClientSeed(place: 1, .characterNotAllowed), .unreadableCommit])
    )
    record.serverSeed = "no"
    #expect(
      record.verify()
        == .unfair([.badClientSeed(place: 1, .characterNotAllowed), .unreadableServerSeed])
    )
    record.clientSeeds = []
    #expect(record.verify() == .unfair([.noClientSeeds, .unreadableServerSeed]))
    record.scheme = "dice"
    #expect(record.verify() == .unfair([.unknownScheme("dice")]))
  }

  @Test("a deck that is too short is found")
  func shortDeck() throws {
    var record = try Self.record()
    record.deck.removeLast()
    #expect(record.verify() == .unfair([.deckLength(27)]))
  }
}

import Fairness
import Foundation
import Postgres
import TestSupport
import Testing

@Suite("higgs fair verify", .timeLimit(.minutes(5)))
struct FairVerifyTests {
  private static func record() throws -> DealRecord {
    let server = try #require(ServerSeed(bytes: (0..<32).map { UInt8($0) }))
    let clients = try ["alice", "bob", "carol", "dave"].map { try ClientSeed($0) }
    return DealRecord(server: server, clients: clients, nonce: 12)
  }

  private static func text(_ value: some Encodable) throws -> String {
    String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
  }

  private func verify(_ text: String) async throws -> ProgramResult {
    let folder = try TemporaryFolder()
    return try await Program.run(
      Program.higgs, ["fair", "verify", try folder.write("deal.json", text)])
  }

  @Test("finds an honest record fair, and shows what each seat was dealt")
  func fair() async throws {
    let result = try await verify(Self.text(Self.record()))
    #expect(result.exitCode == 0)
    #expect(result.output.contains("\nFAIR: "))
    #expect(result.output.contains("client seeds  alice, bob, carol, dave"))
    let lines = result.output.split(separator: "\n")
    for place in 1...4 {
      let line = try #require(lines.first { $0.hasPrefix("  \(place).") })
      #expect(line.split(separator: " ").count == 8)
    }
  }

  @Test("reads standard input, too")
  func standardInput() async throws {
    let folder = try TemporaryFolder()
    let file = try folder.write("deal.json", Self.text(Self.record()))
    let result = try await Program.run(
      "/bin/sh", ["-c", "\"$0\" fair verify - < \"$1\"", Program.higgs, file])
    #expect(result.exitCode == 0)
    #expect(result.output.contains("FAIR"))
  }

  @Test("names everything that is wrong, and ends with 1")
  func notFair() async throws {
    var record = try Self.record()
    record.deck.swapAt(3, 20)
    record.commit = String(repeating: "0", count: 64)
    let result = try await verify(Self.text(record))
    #expect(result.exitCode == 1)
    #expect(result.output.contains("The server promised 0000"))
    #expect(result.output.contains("Tile 4 of the deck"))
    #expect(result.output.contains("NOT FAIR"))
  }

  @Test("takes a hand as the interface tells of it, and finds a tile that its seat did not have")
  func hand() async throws {
    let record = try Self.text(Self.record())
    let deck = try Self.record().deck
    for (placed, code) in [(deck[7], Int32(0)), (deck[0], 1)] {
      // Of the seats 0, 2, 3 and 5 the second one is seat 2: the second block of the deck is its.
      let hand = """
        {"deal": \(record), "moves": [{"seat": 3, "kind": "pass"},
         {"seat": 2, "kind": "place", "tile": "\(Self.tile(placed))", "end": "left"}],
         "hand": {"id": "h", "seats": [
           {"seat": 5}, {"seat": 0, "player": {"name": "Alice"}}, {"seat": 3}, {"seat": 2}]}}
        """
      let result = try await verify(hand)
      #expect(result.exitCode == code, "\(result.output)\(result.errors)")
      #expect(result.output.contains("seat 0  Alice"))
      if code == 1 { #expect(result.output.contains("placed by seat 2, but dealt to seat 0")) }
    }
  }

  @Test("takes what a client was told at the end of a hand")
  func ended() async throws {
    let result = try await verify(
      #"{"type": "hand.ended", "hand": "h", "reveal": \#(Self.text(Self.record()))}"#)
    #expect(result.exitCode == 0, "\(result.errors)")
    #expect(result.output.contains("FAIR"))
  }

  private static func tile(_ id: UInt8) -> String {
    (0...6).flatMap { low in (low...6).map { "\(low)-\($0)" } }[Int(id)]
  }

  private static let wrong: [([String], Int32, String)] = [
    (["fair", "verify"], 64, "file|-|id"),
    (["fair", "verify", "x", "--url", "http://127.0.0.1:1"], 64, "is not the id of a hand"),
    (["fair", "verify", "x", "--bad"], 64, "--bad"),
    (["fair", "verify", "/nowhere"], 66, "cannot be read"),
    (["fair", "verify", "/dev/null"], 65, "no record of a deal"),
    (["fair", "verify", "/dev/zero"], 65, "larger"),
    (["fair", "verify", "/etc/passwd"], 65, "it is not JSON"),
    (
      ["fair", "verify", "01a20a72-dcfe-7719-baf5-b2b9a6f9b060", "--url", "http://127.0.0.1:1"],
      69, "cannot be reached"
    ),
    (
      [
        "fair", "verify", "01a20a72-dcfe-7719-baf5-b2b9a6f9b060", "--database-url",
        "host=127.0.0.1 port=1",
      ], 69, "DATABASE_URL"
    ),
  ]

  @Test("ends a wrong call with the code that it promises and a text", arguments: wrong)
  func wrongCalls(arguments: [String], code: Int32, says: String) async throws {
    let result = try await Program.run(Program.higgs, arguments)
    #expect(result.exitCode == code)
    #expect(result.errors.contains(says), "\(result.errors)")
    #expect(result.output.isEmpty)
  }

  @Test("verifies a hand of the database, and finds a journal that does not fit the deal")
  func database() async throws {
    try await withTable { table in
      let honest = try await table.play(placing: table.deck(of: 1)[7])
      let result = try await table.verify(honest)
      #expect(result.exitCode == 0, "\(result.output)\(result.errors)")
      #expect(result.output.contains("number 1 at table"))
      #expect(result.output.contains("seat 1  player_2"))
      #expect(result.output.contains("The one tile on the table was placed by the seat"))
      let dishonest = try await table.play(placing: table.deck(of: 2)[0])
      let refused = try await table.verify(dishonest)
      #expect(refused.exitCode == 1)
      #expect(refused.output.contains("placed by seat 1, but dealt to seat 0"))
    }
  }

  @Test("knows a hand that still runs, and one that there is not")
  func notThere() async throws {
    try await withTable { table in
      let running = try await table.start()
      for (hand, says) in [
        (running, "is being played"), ("01a20a72-dcfe-7719-baf5-b2b9a6f9b060", "knows no hand"),
      ] {
        let result = try await table.verify(hand)
        #expect(result.exitCode == 66)
        #expect(result.errors.contains(says), "\(result.errors)")
      }
    }
  }

  private func withTable(_ body: (DealtTable) async throws -> Void) async throws {
    try await withDatabase(template: .migrated) { database in
      try await PostgresConnection.withConnection(database.configuration) { owner in
        try await body(try await DealtTable.make(in: database, owner))
      }
    }
  }
}

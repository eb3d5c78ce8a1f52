import Core
import Domino
import FoundationEssentials
import Hosting
import Postgres
import Store
import Tables
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5)))
struct QuickSeatTests {
  @Test(
    "A guest who wants to play sits with bots, plays a hand, stands up, and the books are right")
  func playsAtOnce() async throws {
    try await withDatabase(template: .migrated) { database in
      let fixture = try await HostFixture.start(on: database)
      let player = try await fixture.player("ayu")
      let wish = SeatWish(
        player: player, stake: "gaple_warung", buyIn: 5_000, session: fixture.session())
      let found = try await fixture.host.quickSeat(wish)
      let again = try await fixture.host.quickSeat(wish)
      #expect(again.room == found.room && again.seat == found.seat)
      let table = try #require(await fixture.table(found.room))
      let eyes = Witness(player)
      try await table.subscribe(eyes.subscriber)
      try await play(table, eyes, player, untilHands: 1)
      let left = await table.submit(PlayerCommand(.stand), by: player)
      guard case .done = left else { throw left.problem }
      try await play(table, eyes, player, untilHands: eyes.count("hand.started"))
      await eyes.wait(for: 1, "seat.left")
      await eyes.wait(for: 1, "wallet")
      try await fixture.stop()
      #expect(try await fixture.problems() == [])
    }
  }

  @Test("A second guest finds the first one's table before a new one is opened")
  func prefersPeople() async throws {
    try await withDatabase(template: .migrated) { database in
      let fixture = try await HostFixture.start(on: database, bots: false)
      let first = try await fixture.player("ayu")
      let second = try await fixture.player("budi")
      let seat = try await fixture.host.quickSeat(
        SeatWish(
          player: first, stake: "gaple_warung", buyIn: nil, session: fixture.session()))
      let table = try #require(await fixture.table(seat.room))
      try await table.subscribe(Witness(first).subscriber)
      let other = try await fixture.host.quickSeat(
        SeatWish(
          player: second, stake: "gaple_warung", buyIn: nil, session: fixture.session()))
      #expect(other.room == seat.room && other.seat != seat.seat)
      try await fixture.stop()
    }
  }

  @Test("What cannot be had is refused with its reason")
  func refusals() async throws {
    try await withDatabase(template: .migrated) { database in
      let fixture = try await HostFixture.start(on: database)
      let player = try await fixture.player("ayu", chips: 2_000)
      func code(_ stake: String, _ buyIn: Chips?) async -> CommandError.Code? {
        do throws(CommandError) {
          _ = try await fixture.host.quickSeat(
            SeatWish(player: player, stake: stake, buyIn: buyIn, session: fixture.session()))
          return nil
        } catch { return error.code }
      }
      #expect(await code("gaple_bulan", nil) == .stakeNotFound)
      #expect(await code("gaple_warung", 1) == .buyInOutOfRange)
      #expect(await code("gaple_kota", nil) == .vipLevelTooLow)
      try await fixture.stop()
    }
  }

  /// Plays the first legal tile of every turn until so many hands have ended.
  private func play(
    _ table: TableRoom, _ eyes: Witness, _ player: ID<Player>, untilHands hands: Int
  ) async throws {
    var turns: Set<String> = []
    while eyes.count("hand.ended") < hands {
      let count = eyes.frames.count
      for message in eyes.messages {
        let turn = message.json["turn"] ?? message.json["state"]?["hand"]?["turn"]
        guard let turn, let legal = turn["legal"]?.list?.first,
          let hand = turn["hand"]?.text.flatMap({ ID<Hand>($0) }), let move = turn["move"]?.number,
          turns.insert("\(hand) \(move)").inserted,
          let tile = legal["tile"]?.text.flatMap({ Tile($0) })
        else { continue }
        let end: LineEnd = legal["ends"]?.list?.first?.text == "right" ? .right : .left
        _ = await table.submit(
          PlayerCommand(.place(turn: Turn(hand: hand, move: Int(move)), tile: tile, end: end)),
          by: player)
      }
      try await eyes.wait(forMoreThan: count, orHands: hands)
    }
  }
}

extension HostFixture {
  /// A new version-7 id.
  func session() -> ID<Session> {
    ID(
      millisecondsSince1970: UInt64(Date().timeIntervalSince1970 * 1_000),
      random: UInt128.random(in: 0 ... .max))
  }
}

extension CommandReply {
  /// Why it was refused, to be thrown.
  var problem: CommandError {
    if case .refused(let error) = self {
      error
    } else {
      CommandError(.internalError, "not refused")
    }
  }
}

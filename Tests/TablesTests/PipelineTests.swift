import Core
import Domino
import Tables
import Testing

@Suite(.timeLimit(.minutes(5)))
struct PipelineTests {
  @Test("A move is neither shown nor answered before it is durable")
  func durableFirst() async throws {
    let fixture = try Fixture()
    let witnesses = try await fixture.deal(people: 4)
    let before = witnesses.map(\.texts)
    fixture.database.hold()
    async let reply = fixture.play(reference: "a")
    await fixture.database.waitUntilHeld()
    #expect(witnesses.map(\.texts) == before)
    let snapshot = await fixture.table.snapshot(for: nil)
    #expect(snapshot.json["state"]?["hand"]?["line"]?.list?.isEmpty == true)
    fixture.database.release()
    let done = try #require(await reply?.done)
    for witness in witnesses {
      let placed = try #require(witness.of("tile.placed").first)
      #expect(placed["move"]?.number == 1)
      #expect(placed["seq"]?.number == done.seq)
    }
  }

  @Test("What was written already is shown as if written now")
  func exists() async throws {
    let fixture = try Fixture()
    let witnesses = try await fixture.deal(people: 2)
    fixture.database.script(.exists)
    #expect(await fixture.play()?.done != nil)
    #expect(witnesses.allSatisfy { $0.of("tile.placed").count == 1 })
  }

  @Test(
    "A room that another host has tells everybody so and does nothing more",
    arguments: [AppendOutcome.fenced, .different])
  func fenced(outcome: AppendOutcome) async throws {
    let fixture = try Fixture()
    let witnesses = try await fixture.deal(people: 2)
    fixture.database.script(outcome)
    #expect(await fixture.play()?.code == .moved)
    for witness in witnesses {
      #expect(witness.of("moved").count == 1)
      #expect(witness.of("tile.placed").isEmpty)
    }
    #expect(await fixture.play()?.code == .moved)
    #expect(fixture.database.appends.count == 1)
  }

  @Test("An unknown outcome shows nothing; the identical append is sent until it is known")
  func unknown() async throws {
    let fixture = try Fixture()
    let witnesses = try await fixture.deal(people: 4)
    fixture.database.hold()
    fixture.database.script(.unknown, .unknown, .exists)
    async let reply = fixture.play()
    await fixture.database.waitUntilHeld()
    fixture.database.release()
    var rounds = 0
    while fixture.database.appends.count < 3 {
      #expect(witnesses.allSatisfy { $0.of("tile.placed").isEmpty })
      await fixture.time.pass(50)
      await Task.yield()
      rounds += 1
      try #require(rounds < 100_000, "it is not sent again")
    }
    #expect(await reply?.done != nil)
    let appends = fixture.database.appends
    #expect(appends[0] == appends[1] && appends[1] == appends[2])
    for witness in witnesses { #expect(witness.of("tile.placed").count == 1) }
  }

  @Test("A refused append begins again from the database, and everybody gets the room anew")
  func reloaded() async throws {
    let fixture = try Fixture()
    let witnesses = try await fixture.deal(people: 4)
    witnesses.forEach { $0.forget() }
    fixture.database.script(.outOfOrder)
    #expect(await fixture.play()?.code == .wrongTurn)
    for witness in witnesses {
      #expect(witness.frames.first?.type == "snapshot")
      #expect(witness.of("tile.placed").isEmpty)
    }
    #expect(await fixture.play()?.done != nil)
  }

  @Test("A move that the journal cannot hold voids the hand")
  func invalid() async throws {
    let fixture = try Fixture()
    let witnesses = try await fixture.deal(people: 4)
    let total = fixture.database.total
    fixture.database.script(.invalid)
    #expect(await fixture.play()?.code == .internalError)
    await fixture.table.whenIdle()
    #expect(witnesses.allSatisfy { $0.of("hand.voided").count == 1 })
    #expect(fixture.database.record.hand == nil)
    #expect(fixture.database.total == total)
  }

  @Test("Eight commands of a player wait, the ninth is refused as busy")
  func busy() async throws {
    let fixture = try Fixture()
    _ = try await fixture.deal(people: 2)
    fixture.database.hold()
    let room = fixture.table
    async let first = fixture.play()
    await fixture.database.waitUntilHeld()
    let player = Fixture.player(1)
    let replies = await withTaskGroup(of: CommandReply.self) { group in
      for _ in 0..<20 { group.addTask { await room.submit(PlayerCommand(.back), by: player) } }
      var replies: [CommandReply] = []
      for _ in 0..<12 { replies.append(await group.next() ?? .refused(.busy)) }
      fixture.database.release()
      for await reply in group { replies.append(reply) }
      return replies
    }
    _ = await first
    #expect(replies.count { $0.code == .busy } == 12)
    #expect(replies.count { $0.done != nil } == 8)
  }

  @Test("The same reference gets the first answer, also from the next host")
  func sameReference() async throws {
    let fixture = try Fixture()
    _ = try await fixture.deal(people: 4)
    let hand = try #require(fixture.hand)
    let turn = try #require(fixture.turn)
    let seat = try #require(hand.turn)
    guard case .place(let tile, let end)? = hand.timeoutMove(for: seat) else { return }
    let command = PlayerCommand(
      .place(turn: turn, tile: tile, end: end), reference: CommandReference("once"))
    let player = Fixture.player(Int(seat.number) + 1)
    let first = await fixture.table.submit(command, by: player)
    #expect(await fixture.table.submit(command, by: player) == first)
    try fixture.resume(raisingFence: true)
    await fixture.table.begin()
    #expect(await fixture.table.submit(command, by: player).done?.seat == seat)
    #expect(fixture.database.appends.count == 1)
    let other = PlayerCommand(command.action, reference: CommandReference("twice"))
    #expect(await fixture.table.submit(other, by: player).code == .wrongTurn)
  }

  @Test("Refusals say what is wrong, and nothing of what others hold")
  func refusals() async throws {
    let fixture = try Fixture()
    _ = try await fixture.deal(people: 4)
    await fixture.play()
    let hand = try #require(fixture.hand)
    let turn = try #require(fixture.turn)
    let seat = try #require(hand.turn)
    let acting = Fixture.player(Int(seat.number) + 1)
    let other = Fixture.player(Int(hand.setup.seated.next(after: seat).number) + 1)
    func place(_ tile: Tile?, _ turn: Turn, _ player: ID<Player>) async -> CommandReply {
      await fixture.table.submit(
        PlayerCommand(.place(turn: turn, tile: tile, end: .left)), by: player)
    }
    let foreign = TileSet.all - hand.position[seat]
    let answers = await [
      place(foreign.first { _ in true }, turn, acting), place(nil, turn, acting),
      place(hand.line.placements[0].tile, turn, acting),
    ]
    #expect(Set(answers) == [.refused(.notLegal)])
    let own = hand.position[seat].first { _ in true }
    #expect(await place(own, turn, other).code == .notYourTurn)
    #expect(await place(own, Turn(hand: turn.hand, move: 1), acting).code == .wrongTurn)
    #expect(await place(own, turn, Fixture.player(9)).code == .notSeated)
    #expect(fixture.database.appends.count == 1)
  }
}

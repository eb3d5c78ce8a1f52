import Core
import Domino
import Fairness
import Synchronization
import Tables
import TestSupport

/// A room over a database, a clock and dice of its own.
final class Fixture: Sendable {
  let database: MemoryDatabase
  let time = ManualTime()
  let dice: Mutex<SeededGenerator>
  let policy: TablePolicy
  let deck: Mutex<[UInt8]?>
  private let hosted: Mutex<TableRoom?>

  static let room = SerialID<Room>(rawValue: 42)

  init(
    seed: UInt64 = 1, policy: TablePolicy = TablePolicy(), rules: GapleRules = GapleRules(),
    deck: [UInt8]? = nil, joinCode: String? = nil, creator: ID<Player>? = nil,
    game: LineRules? = nil
  ) throws {
    database = MemoryDatabase(
      RoomFacts(
        id: Fixture.room, name: "Meja \"Satu\"", stake: "gaple_warung",
        isPublic: joinCode == nil, joinCode: joinCode, creator: creator,
        rules: game ?? .gaple(rules), game: "gaple", options: Array("{}".utf8), currency: .coins,
        baseBet: 100, buyIn: 1_000...20_000, seats: 4, rakeBasisPoints: rules.rake.basisPoints,
        rakeCap: rules.rake.cap ?? .zero))
    dice = Mutex(SeededGenerator(seed: seed))
    self.policy = policy
    self.deck = Mutex(deck)
    hosted = Mutex(nil)
    try resume()
  }

  var table: TableRoom {
    guard let room = hosted.withLock({ $0 }) else { preconditionFailure("resume made it") }
    return room
  }

  /// Reads the room anew, as another host would.
  func resume(raisingFence: Bool = false, policy: TablePolicy? = nil) throws {
    if raisingFence { database.state.withLock { $0.record.fence += 1 } }
    let room = try TableRoom(database.record, services: services, policy: policy ?? self.policy)
    hosted.withLock { $0 = room }
  }

  var services: TableServices {
    var services = TableServices(
      journal: Journal { await self.database.append($0) }, ledger: database.ledger,
      seeds: SeedVault(
        seal: { SealedSeed(commit: $0.commit, encrypted: $0.bytes, keyID: [1]) },
        open: { ServerSeed(bytes: $0.encrypted) }),
      timers: time.timers, clock: time.clock,
      randomBytes: { count in
        self.dice.withLock { dice in
          (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &dice) }
        }
      },
      think: { $0() }, observer: TableObserver())
    let usual = services.deck
    services.deck = { server, clients, nonce in
      self.deck.withLock { $0 } ?? usual(server, clients, nonce)
    }
    return services
  }

  static func player(_ number: Int) -> ID<Player> {
    ID(millisecondsSince1970: 1, random: UInt128(number))
  }

  static func session(_ number: Int) -> ID<Session> {
    ID(millisecondsSince1970: 2, random: UInt128(number))
  }

  /// Opens an account.
  func account(_ number: Int, isBot: Bool = false, purse: Chips = 50_000) {
    database.add(
      PlayerFacts(
        id: Fixture.player(number), name: "Pemain \(number)", avatar: "tile-0-0", isBot: isBot,
        level: 1),
      purse: purse)
  }

  /// Seats a player of this number at the seat before.
  @discardableResult
  func sit(_ number: Int, isBot: Bool = false, buyIn: Chips = 10_000) async -> CommandReply {
    account(number, isBot: isBot)
    return await table.submit(
      PlayerCommand(
        .sit(session: Fixture.session(number), seat: Seat(number - 1), buyIn: buyIn)),
      by: Fixture.player(number))
  }

  /// Makes somebody watch.
  func watch(_ number: Int? = nil, after seq: Int64? = nil, id: UInt64? = nil) async throws
    -> Witness
  {
    let witness = Witness(
      number.map(Fixture.player), id: id ?? UInt64(number ?? 0) + 100)
    try await table.subscribe(witness.subscriber, after: seq)
    return witness
  }

  /// Lets time pass, and waits for all that it sets off.
  func pass(_ milliseconds: Int64) async {
    let room = table
    await time.pass(milliseconds) { await room.whenIdle() }
    await room.whenIdle()
  }

  /// Seats people 1…count, watches with all eyes and a spectator's, and deals a hand.
  func deal(people count: Int) async throws -> [Witness] {
    await table.begin()
    var witnesses: [Witness] = []
    for number in 1...count { witnesses.append(try await watch(number)) }
    witnesses.append(try await watch())
    for number in 1...count {
      await sit(number)
      await table.whenIdle()
    }
    await pass(Int64(policy.breakMilliseconds))
    return witnesses
  }

  /// The running hand as the server knows it.
  var hand: LineHand? {
    guard let record = database.record.hand,
      let seed = ServerSeed(bytes: record.seed.encrypted)
    else { return nil }
    let tiles = services.deck(seed, record.seats.map(\.clientSeed), UInt64(record.number))
    return try? LineHand.replay(
      record.setup, deck: tiles.compactMap { Tile(id: $0) },
      journal: record.moves.map { RecordedMove(seat: $0.seat, move: $0.move) })
  }

  /// The turn as the server knows it.
  var turn: Turn? {
    database.record.hand.map { Turn(hand: $0.hand, move: $0.moves.count + 1) }
  }

  /// The seat to act places this move, or the one of a time-out.
  @discardableResult
  func play(_ move: LineMove? = nil, reference: String? = nil) async -> CommandReply? {
    guard let hand, let turn, let seat = hand.turn,
      case .place(let tile, let end)? = move ?? hand.timeoutMove(for: seat)
    else { return nil }
    return await table.submit(
      PlayerCommand(
        .place(turn: turn, tile: tile, end: end),
        reference: reference.flatMap(CommandReference.init)),
      by: Fixture.player(Int(seat.number) + 1))
  }
}

extension CommandReply {
  var done: Done? { if case .done(let done) = self { done } else { nil } }
  var code: CommandError.Code? { if case .refused(let error) = self { error.code } else { nil } }
}

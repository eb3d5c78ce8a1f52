import Core
import Domino
import Fairness
import FoundationEssentials
import Postgres
import Store

extension DealEvidence {
  /// A hand of a database; the reading role is enough.
  init(hand id: ID<Hand>, database: PostgresConfiguration) async throws {
    var configuration = database
    configuration.options["application_name"] = "higgs fair verify"
    self = try await PostgresConnection.withConnection(configuration) { connection in
      let hands = HandReads(connection)
      guard let hand = try await hands.finished(id) else {
        throw try await hands.isPlaying(id)
          ? FairFailure(.noSuchInput, "hand \(id) is being played; its seed is not revealed yet.")
          : FairFailure(.noSuchInput, "this database knows no hand \(id).")
      }
      return try DealEvidence(
        hand, seats: try await hands.seats(of: id), moves: try await hands.moves(of: id))
    }
  }

  private init(
    _ hand: FinishedHand, seats: [FinishedSeat],
    moves: [(number: Int32, seat: Int16, actor: String, move: [UInt8])]
  ) throws {
    guard let bytes = hand.serverSeed, let server = ServerSeed(bytes: bytes) else {
      throw FairFailure(.noSuchInput, "the seed of hand \(hand.id) is not revealed.")
    }
    let clients = try seats.map { try ClientSeed($0.clientSeed) }
    // The database keeps no deck: it follows from the seeds. What can differ is the promise, and
    // what was played.
    record = DealRecord(server: server, clients: clients, nonce: UInt64(hand.number))
    record.commit = Hexadecimal.text(hand.commit)
    title = """
      Hand \(hand.id): number \(hand.number) at table \(hand.room), \(hand.game), \(hand.status)
      """
    self.seats = seats.map { Seat(number: Int($0.seat), name: $0.name) }
    tilesEach = Self.tilesEach(
      game: hand.game, options: hand.options.text, seats: seats.count)
    placements = try moves.compactMap { move in
      guard case .place(let tile, _) = try LineMove(bytes: move.move) else { return nil }
      return Placement(seat: Int(move.seat), tile: tile)
    }
  }

  /// As `docs/formats.md` has it.
  private static func tilesEach(game: String, options: String, seats: Int) -> Int {
    struct Options: Decodable { var tilesEach: Int? }
    guard game != "gaple" else { return GapleRules.tilesEach }
    let given = try? JSONDecoder().decode(Options.self, from: Data(options.utf8)).tilesEach
    return given ?? (seats == 2 ? 7 : 5)
  }
}

import Domino
import Fairness
import FoundationEssentials

extension DealEvidence {
  /// A record by itself, or a hand of the API or of `hand.ended` that has it under `reveal`.
  init(json: [UInt8], of source: String) throws {
    let data = Data(json)
    do {
      let hand = try JSONDecoder().decode(HandDocument.self, from: data)
      let record = try hand.reveal ?? JSONDecoder().decode(DealRecord.self, from: data)
      self.init(record: record, hand: hand, source: source)
    } catch let error as DecodingError {
      throw FairFailure(
        .notARecord,
        """
        \(source == "-" ? "standard input" : source) holds no record of a deal: \
        \(Self.text(error)). docs/formats.md shows one under "Fair deals".
        """)
    }
  }

  private init(record: DealRecord, hand: HandDocument, source: String) {
    self.record = record
    title = hand.id.map { "Hand \($0)" } ?? "The deal of \(source == "-" ? "the input" : source)"
    let known = (hand.seats ?? []).sorted { $0.seat < $1.seat }
    let isWhole = known.count == record.clientSeeds.count
    seats =
      isWhole
      ? known.map { Seat(number: $0.seat, name: $0.player?.name) }
      : record.clientSeeds.map { _ in Seat(number: nil, name: nil) }
    tilesEach = hand.tilesEach ?? GapleRules.tilesEach
    placements = isWhole ? hand.placements : nil
  }

  private static func text(_ error: DecodingError) -> String {
    switch error {
    case .keyNotFound(let key, _): "'\(key.stringValue)' is missing"
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      "'\(context.codingPath.map(\.stringValue).joined(separator: "."))' is of another kind"
    case .dataCorrupted: "it is not JSON, or a value in it is out of range"
    @unknown default: "it cannot be read"
    }
  }
}

/// What of a hand's JSON matters here; all of it may be missing.
private struct HandDocument: Decodable {
  struct Seat: Decodable {
    struct Player: Decodable { var name: String? }
    var seat: Int
    var player: Player?
  }

  struct Move: Decodable {
    var seat: Int?
    var tile: Tile?
    var kind: String?
  }

  var id: String?
  var reveal: DealRecord?
  var seats: [Seat]?
  var tilesEach: Int?
  var moves: [Move]?

  private enum CodingKeys: String, CodingKey {
    case id, reveal, seats, moves
    case tilesEach = "tiles_each"
  }

  /// The tiles that were placed, where the moves are told.
  var placements: [DealEvidence.Placement]? {
    moves?.compactMap { move in
      guard let seat = move.seat, let tile = move.tile, move.kind == nil || move.kind == "place"
      else { return nil }
      return DealEvidence.Placement(seat: seat, tile: tile)
    }
  }
}

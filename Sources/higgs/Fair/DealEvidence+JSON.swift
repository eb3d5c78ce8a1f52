import Domino
import Fairness
import FoundationEssentials

extension DealEvidence {
  /// A record by itself, the replay of a hand as the interface gives it, or its `hand.ended`.
  init(json: [UInt8], of source: String) throws {
    let data = Data(json)
    do {
      let hand = try JSONDecoder().decode(HandDocument.self, from: data)
      let record = try hand.deal ?? hand.reveal ?? JSONDecoder().decode(DealRecord.self, from: data)
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
    let id = hand.hand?.id
    title = id.map { "Hand \($0)" } ?? "The deal of \(source == "-" ? "the input" : source)"
    let known = (hand.hand?.seats ?? []).sorted { $0.seat < $1.seat }
    let isWhole = known.count == record.clientSeeds.count
    seats =
      isWhole
      ? known.map { Seat(number: $0.seat, name: $0.player?.name) }
      : record.clientSeeds.map { _ in Seat(number: nil, name: nil) }
    tilesEach = GapleRules.tilesEach
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
  struct Hand: Decodable {
    var id: String?
    var seats: [Seat]?
  }

  struct Seat: Decodable {
    struct Player: Decodable { var name: String? }
    var seat: Int
    var player: Player?
  }

  struct Move: Decodable {
    var seat: Int
    var tile: Tile?
  }

  var hand: Hand?
  var deal: DealRecord?
  var reveal: DealRecord?
  var moves: [Move]?

  private enum CodingKeys: String, CodingKey { case hand, deal, reveal, moves }

  init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    // In hand.ended it is the id alone.
    hand = try? values.decodeIfPresent(Hand.self, forKey: .hand)
    deal = try values.decodeIfPresent(DealRecord.self, forKey: .deal)
    reveal = try values.decodeIfPresent(DealRecord.self, forKey: .reveal)
    moves = try values.decodeIfPresent([Move].self, forKey: .moves)
  }

  /// The tiles that were placed, where the moves are told.
  var placements: [DealEvidence.Placement]? {
    moves?.compactMap { move in
      move.tile.map { DealEvidence.Placement(seat: move.seat, tile: $0) }
    }
  }
}

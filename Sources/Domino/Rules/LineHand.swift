/// A hand of Gaple, Block or Draw.
package struct LineHand: PlayableHand {
  package let setup: HandSetup<LineRules>
  package internal(set) var history: [LineEvent] = []
  /// The line on the table.
  package internal(set) var line = Line()
  package internal(set) var stacks: [SeatStack]
  /// How the hand ended; nil while it is played.
  package internal(set) var result: LineResult?

  /// Who holds what: everything is in it, so it never leaves the server.
  package internal(set) var position: LinePosition
  /// The seat that places the first tile.
  package let opener: Seat
  let openingTile: Tile?
  private let deck: [Tile]
  private var nextTile: Int
  var payments: [Payment] = []

  /// The seat that must place; nil once the hand has ended.
  package var turn: Seat? { result == nil ? position.turn : nil }

  package var deciding: SeatSet { SeatSet(turn.map { [$0] } ?? []) }

  package var settlement: Settlement? { result?.settlement }

  package static func deal(
    _ setup: HandSetup<LineRules>,
    deck: [Tile]
  ) throws(SetupError) -> Step<LineHand> {
    Step(hand: try LineHand(setup, deck: deck), events: [])
  }

  private init(_ setup: HandSetup<LineRules>, deck: [Tile]) throws(SetupError) {
    try setup.check(deck: deck, seatLimit: LinePosition.seatLimit)
    let each = setup.rules.tilesEach(seats: setup.seats.count)
    guard each * setup.seats.count <= Tile.count else {
      throw .tooFewTiles(seats: setup.seats.count, tilesEach: each)
    }
    var position = LinePosition(seated: setup.seated, turn: setup.seats[0].seat)
    for (place, entry) in setup.seats.enumerated() {
      position[entry.seat] = TileSet(deck[place * each..<(place + 1) * each])
    }
    (opener, openingTile) = LineHand.opener(setup, position)
    position.turn = opener
    self.setup = setup
    self.deck = deck
    self.position = position
    nextTile = each * setup.seats.count
    stacks = setup.seats
  }

  private static func opener(
    _ setup: HandSetup<LineRules>,
    _ position: LinePosition
  ) -> (Seat, Tile?) {
    switch setup.opening {
    case .seat(let seat): return (seat, nil)
    case .highestDouble:
      let tile = Opening.compulsoryTile(among: position.held)
      let holder = setup.seats.first { entry in tile.map(position[entry.seat].contains) ?? false }
      return ((holder ?? setup.seats[0]).seat, tile)
    }
  }
}

extension LineHand {
  /// How many tiles lie in the boneyard.
  package var boneyardCount: Int { deck.count - nextTile }

  /// How many of them a stuck seat may still draw.
  package var drawableCount: Int { setup.rules.drawable(boneyard: boneyardCount) }

  /// Gives the seat to act the next tile of the boneyard.
  mutating func drawTile() -> Tile {
    let tile = deck[nextTile]
    nextTile += 1
    position[position.turn].insert(tile)
    return tile
  }
}

extension LineHand {
  package func view(for viewer: Viewer) -> LineView {
    var held = TileSet()
    var moves: [LineMove] = []
    if case .seat(let seat) = viewer, setup.seated.contains(seat) {
      held = position[seat]
      moves = legalMoves(for: seat)
    }
    return LineView(
      viewer: viewer,
      setup: setup,
      turn: turn,
      moveCount: moveCount,
      line: line,
      seats: standings,
      boneyardCount: boneyardCount,
      held: held,
      legalMoves: moves,
      history: history.map { $0.seen(by: viewer) },
      result: result
    )
  }

  private var standings: [LineView.Standing] {
    stacks.map { entry in
      LineView.Standing(
        seat: entry.seat,
        stack: entry.stack,
        score: entry.score,
        tileCount: position[entry.seat].count
      )
    }
  }
}

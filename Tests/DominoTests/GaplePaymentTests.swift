import Core
import Testing

import Domino

/// Seat 2 opens with 6-6, seat 3 is stuck once, and seat 2 goes out with 5-5 on two fives.
private let held = [
  "0-1 0-5 1-1 1-5 2-3 3-4 3-6", "0-6 2-2 2-4 2-5 2-6 4-5 4-6", "0-2 1-2 1-3 1-4 5-5 5-6 6-6",
  "0-0 0-3 0-4 1-6 3-3 3-5 4-4",
]

/// The third golden hand: three seats pass in a row, then two, and seat 1 goes out.
private let heldWithPassesInARow = [
  "0-2 0-4 0-6 1-4 3-3 4-5 5-6", "0-0 0-5 1-5 2-4 2-5 2-6 3-6", "1-2 1-3 2-3 3-4 3-5 4-4 4-6",
  "0-1 0-3 1-1 1-6 2-2 5-5 6-6",
]

@Suite("Payments of Gaple")
struct GaplePaymentTests {
  private func play(
    _ change: (inout GapleRules) -> Void = { _ in },
    stacks: [Chips] = [1000, 1000, 1000, 1000],
    held: [String] = held
  ) throws -> LineResult {
    var options = GapleRules()
    change(&options)
    let seats = stacks.enumerated().map {
      SeatStack(seat: Seat(integerLiteral: UInt8($0.offset)), stack: $0.element)
    }
    let setup = HandSetup(
      rules: LineRules.gaple(options),
      baseBet: 10,
      seats: seats,
      opening: .highestDouble
    )
    let hand = try LineHand.deal(setup, deck: deck(held)).hand.playingOn()
    #expect(hand.stacks == hand.result?.settlement.after)
    return try #require(hand.result)
  }

  private func stacks(_ result: LineResult) -> [Chips] {
    result.settlement.after.map(\.stack)
  }

  @Test("each loser pays base bet × 5 for a double that fitted both ends; passes go to the placer")
  func flat() throws {
    let result = try play()
    #expect(result.winner == 2)
    #expect(result.multiplier == 5)
    #expect(stacks(result) == [940, 950, 1160, 950])
    #expect(
      result.settlement.payments.filter { $0.reason == .pass } == [
        Payment(from: 3, to: 2, due: 10, amount: 10, reason: .pass),
        Payment(from: 0, to: 3, due: 10, amount: 10, reason: .pass),
      ]
    )
  }

  @Test("or base bet × multiplier × pips left")
  func pips() throws {
    let result = try play({ $0.payment = .pips }, stacks: [5000, 5000, 5000, 5000])
    #expect(result.left.map(\.pips) == [16, 10, 0, 14])
    #expect(stacks(result) == [4190, 4500, 7010, 4300])
  }

  @Test("or base bet × multiplier × tiles left")
  func tilesLeft() throws {
    #expect(stacks(try play { $0.payment = .tiles }) == [890, 950, 1260, 900])
  }

  @Test("a pass is paid to the seat before, whether or not it placed the last tile")
  func previousSeat() throws {
    let result = try play({ $0.passPayment = .previousSeat }, held: heldWithPassesInARow)
    let passes = result.settlement.payments.filter { $0.reason == .pass }
    #expect(
      passes.map { "\($0.from)→\($0.to?.description ?? "")" } == [
        "2→1", "3→2", "0→3", "3→2", "0→3",
      ]
    )
    #expect(stacks(result) == [960, 1070, 990, 980])
  }

  @Test("or to nobody")
  func freePass() throws {
    let result = try play { $0.passPayment = .none }
    #expect(stacks(result) == [950, 950, 1150, 950])
    #expect(result.settlement.payments.allSatisfy { $0.reason == .hand })
  }

  @Test("nobody pays more than is in front of it, and the winner gets what is collected")
  func caps() throws {
    let result = try play(stacks: [30, 0, 7, 4])
    #expect(stacks(result) == [0, 0, 41, 0])
    let last = try #require(result.settlement.payments.last)
    #expect(last.due == 50)
    #expect(last.amount < last.due)
    #expect(result.settlement.transfers.allSatisfy { $0.amount > .zero })
  }

  @Test("rake is taken from the net win, rounded down")
  func rake() throws {
    let result = try play { $0.rake = Rake(basisPoints: 333, cap: nil) }
    #expect(result.settlement.rake == 5)
    #expect(stacks(result) == [940, 950, 1155, 950])
    #expect(result.settlement.net(of: 2) == 155)
  }

  @Test("rake stops at its cap")
  func rakeCap() throws {
    let result = try play { $0.rake = Rake(basisPoints: 5000, cap: 12) }
    #expect(result.settlement.rake == 12)
    #expect(result.settlement.payments.last?.reason == .rake)
  }

  @Test("where nothing was won there is no rake")
  func noWin() throws {
    let result = try play(
      { $0.rake = Rake(basisPoints: 10_000, cap: nil) },
      stacks: [0, 0, 1000, 0]
    )
    #expect(result.settlement.rake == .zero)
    #expect(stacks(result) == [0, 0, 1000, 0])
  }

  @Test("the whole of the largest stacks can be lost and raked without overflow")
  func largest() throws {
    let largest = SeatStack.largest
    let result = try play(
      { $0.rake = Rake(basisPoints: 10_000, cap: nil) },
      stacks: [largest, largest, largest, largest]
    )
    #expect(result.settlement.rake == 160)
    #expect(Rake(basisPoints: 9_999, cap: nil).share(of: largest) == 999_900_000_000_000)
  }
}

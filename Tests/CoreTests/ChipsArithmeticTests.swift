import Foundation
import Testing

import Core

@Suite("Multiples of chips")
struct ChipsArithmeticTests {
  @Test("are whole numbers of them")
  func multiples() {
    #expect(3 * Chips(rawValue: 200) == 600)
    #expect(0 * Chips(rawValue: 200) == .zero)
  }

  @Test("amounts are bare numbers in JSON")
  func json() throws {
    let amounts: [Chips] = [5, -7, Chips.amountMax]
    let data = try JSONEncoder().encode(amounts)
    #expect(String(decoding: data, as: UTF8.self) == "[5,-7,1000000000000000]")
    #expect(try JSONDecoder().decode([Chips].self, from: data) == amounts)
  }
}

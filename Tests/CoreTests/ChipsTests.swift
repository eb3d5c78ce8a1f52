import Core
import Testing

@Suite("Chips")
struct ChipsTests {
  @Test("add, subtract and compare as whole units")
  func arithmetic() {
    #expect(Chips(rawValue: 700) + 50 - 1000 == -250)
    #expect(Chips.zero < 1)
    #expect(Chips(rawValue: -12).description == "-12")
  }

  @Test("have limits that JSON carries exactly")
  func limits() {
    #expect(Double(Chips.balanceMax.rawValue + 1) == 9_007_199_254_740_992)
    #expect(Chips.amountMax < Chips.balanceMax)
  }

  @Test("trap on overflow rather than wrap")
  func overflow() async {
    await #expect(processExitsWith: .failure) {
      let most = Chips(rawValue: .max)
      // Used, or the optimiser may leave the addition out.
      print(most + 1)
    }
  }
}

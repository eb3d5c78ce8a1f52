import Migrations
import Testing

import higgs

@Suite("Limits")
struct LimitsTests {
  @Test("The pause doubles, up to its limit")
  func pauseDoubles() {
    let limits = MigrationLimits()
    #expect(
      (1...7).map(limits.pauseMilliseconds(afterAttempt:))
        == [500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000]
    )
    #expect(limits.pauseMilliseconds(afterAttempt: .max) == 15_000)
  }

  @Test(
    "A time is a whole number with a unit",
    arguments: [
      ("250", 250), ("250ms", 250), ("5s", 5_000), ("2min", 120_000), ("1h", 3_600_000), ("0", 0),
    ]
  )
  func readsTime(text: String, milliseconds: Int) throws {
    #expect(TimeLimit(argument: text)?.milliseconds == milliseconds)
  }

  @Test(
    "Anything else is none",
    arguments: ["", "s", "-1", "1.5s", "5 s", "5d", "999999h", "٥s"]
  )
  func refusesTime(text: String) {
    #expect(TimeLimit(argument: text) == nil)
  }

  @Test("A time is shown with its largest unit", arguments: ["1ms", "1500ms", "5s", "30min", "2h"])
  func showsTime(text: String) throws {
    #expect(try #require(TimeLimit(argument: text)).defaultValueDescription == text)
  }
}

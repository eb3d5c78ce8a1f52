import Backups
import Testing

@Suite("The nightly backup")
struct ScheduleTests {
  private static let times: [(String, Int?)] = [
    ("00:00", 0), ("03:30", 210), ("23:59", 1439), ("24:00", nil), ("3:30", nil), ("03:60", nil),
    ("", nil), ("03-30", nil), ("+1:30", nil), ("03:30:00", nil),
  ]

  @Test("is due at a time of day that can be read", arguments: times)
  func time(text: String, minute: Int?) {
    #expect(Nightly.minuteOfDay(text) == minute)
  }

  @Test("is due today where the time is still to come, else tomorrow")
  func next() {
    let midnight: Int64 = 1_795_824_000
    #expect(Nightly.next(after: midnight, minuteOfDay: 210) == midnight + 12_600)
    #expect(Nightly.next(after: midnight + 12_599, minuteOfDay: 210) == midnight + 12_600)
    #expect(Nightly.next(after: midnight + 12_600, minuteOfDay: 210) == midnight + 99_000)
    #expect(Nightly.next(after: midnight - 1, minuteOfDay: 0) == midnight)
  }

  @Test("is tried again with pauses that grow to half an hour, six times in all")
  func pauses() {
    let pauses = (1...7).map { Nightly.pauseSeconds(failures: $0, first: 60) }
    #expect(pauses == [60, 120, 240, 480, 960, nil, nil])
    #expect(Nightly.pauseSeconds(failures: 5, first: 600) == 1_800)
  }
}

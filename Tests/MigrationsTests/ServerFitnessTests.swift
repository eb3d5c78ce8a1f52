import Migrations
import Testing

@Suite("A server that cannot be migrated is refused at once")
struct ServerFitnessTests {
  private func check(
    _ majorVersion: Int = 15, isStandby: Bool = false, encoding: String = "UTF8"
  ) throws(MigrationError) {
    try ServerFitness(majorVersion: majorVersion, isStandby: isStandby, encoding: encoding).check()
  }

  @Test("15 to 18 with UTF8 are fine", arguments: 15...18)
  func accepts(version: Int) throws {
    try check(version)
  }

  @Test("An old server, a standby and another encoding are each told")
  func refuses() {
    #expect(throws: MigrationError.serverTooOld(version: 14, oldest: 15)) { try check(14) }
    #expect(throws: MigrationError.serverIsStandby) { try check(isStandby: true) }
    #expect(throws: MigrationError.wrongEncoding("LATIN1")) { try check(encoding: "LATIN1") }
  }
}

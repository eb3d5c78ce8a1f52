import Core
import Testing

@Suite("Identifiers")
struct IDTests {
  let id = ID<Player>(millisecondsSince1970: 0x0189_0A5D_AC96, random: UInt128.max)

  @Test("carry their moment, version 7 and the variant of RFC 9562")
  func carriesMoment() {
    #expect(id.millisecondsSince1970 == 0x0189_0A5D_AC96)
    #expect(id.description == "01890a5d-ac96-7fff-bfff-ffffffffffff")
  }

  @Test("are read back from what they write, in either case")
  func roundTrips() {
    #expect(ID<Player>(id.description) == id)
    #expect(ID<Player>(id.description.uppercased()) == id)
  }

  @Test(
    "refuse text of any other form",
    arguments: [
      "", "01890a5d", "01890a5dac967fffbfffffffffffffff", "01890a5d-ac96-7fff-bfff-fffffffffffg",
      "01890a5d-ac96-7fff-bfff_ffffffffffff", "01890a5d-ac96-7fff-bfff-ffffffffffff ",
    ])
  func refuses(text: String) {
    #expect(ID<Player>(text) == nil)
  }

  @Test("sort by time whatever the random bits are")
  func sortsByTime() {
    let earlier = ID<Player>(millisecondsSince1970: 1000, random: .max)
    let later = ID<Player>(millisecondsSince1970: 1001, random: 0)
    #expect(earlier < later)
  }
}

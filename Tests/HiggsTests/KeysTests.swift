import Foundation
import TestSupport
import Testing

@Suite("higgs keys", .timeLimit(.minutes(5)))
struct KeysTests {
  private func check(_ text: String) async throws -> ProgramResult {
    let folder = try TemporaryFolder()
    return try await Program.run(
      Program.higgs, ["keys", "check", try folder.write("ring.json", text)])
  }

  @Test("make prints a new ring each time, which check finds good")
  func make() async throws {
    let one = try await Program.demand(Program.higgs, ["keys", "make"])
    let other = try await Program.demand(Program.higgs, ["keys", "make"])
    #expect(one != other)
    let result = try await check(one)
    #expect(result.exitCode == 0)
    #expect(result.output == "the key ring is good: 1 key, the current one is 1\n")
  }

  @Test(
    "check says what is wrong with a ring",
    arguments: [
      ("{}", "not JSON of the form"), ("", "not JSON of the form"),
      (#"{"current": "1", "keys": {}}"#, "1 to 100 keys"),
      (#"{"current": "1", "keys": {"1": "abc"}}"#, "64 hexadecimal digits"),
      (
        TestKeys.ring.replacing(#""current": "1""#, with: #""current": "2""#),
        "not in the key ring"
      ),
      (TestKeys.ring(String(repeating: "0", count: 64)), "no random key"),
      (TestKeys.ring(String(repeating: "0123456789abcdef", count: 4)), "not drawn by chance"),
    ])
  func bad(_ text: String, _ words: String) async throws {
    let result = try await check(text)
    #expect(result.exitCode == 1 && result.output.isEmpty)
    #expect(result.errors.contains(words), "\(result.errors)")
    #expect(!result.errors.contains("0123456789abcdef"))
  }

  @Test("A file that is not there ends with 1, a wrong command line with 2")
  func usage() async throws {
    let missing = try await Program.run(Program.higgs, ["keys", "check", "/none.json"])
    #expect(missing.exitCode == 1 && missing.errors.contains("/none.json cannot be read"))
    #expect(try await Program.run(Program.higgs, ["keys", "check"]).exitCode == 2)
    #expect(try await Program.run(Program.higgs, ["configuration", "--xml"]).exitCode == 2)
  }
}

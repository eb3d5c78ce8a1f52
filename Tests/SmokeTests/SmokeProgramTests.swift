import TestSupport
import Testing

@Suite("higgs smoke")
struct SmokeProgramTests {
  private static let wrong: [([String], Int32, String)] = [
    (["smoke"], 64, "url"),
    (["smoke", "127.0.0.1:3000"], 64, "no address of a server"),
    (["smoke", "http://127.0.0.1:1", "--timeout-seconds", "1"], 64, "from 5 to 800"),
    (["smoke", "http://127.0.0.1:1", "--wait-seconds", "-1"], 64, "wait-seconds"),
    (["smoke", "http://127.0.0.1:1", "--ca-file", "/nowhere"], 64, "certificates in PEM"),
    (["smoke", "http://127.0.0.1:1"], 69, "Connection refused"),
    (["smoke", "http://127.0.0.1:1", "--wait-seconds", "1"], 69, "Connection refused"),
    (["smoke", "http://no-such-host.invalid"], 69, "GET /health/live"),
  ]

  @Test("ends a wrong call with the code that it promises and a text", arguments: wrong)
  func wrongCalls(arguments: [String], code: Int32, says: String) async throws {
    let result = try await Program.run(Program.higgs, arguments)
    #expect(result.exitCode == code, "\(result.output)\(result.errors)")
    #expect(result.errors.contains(says), "\(result.errors)")
  }

  @Test("tells the same as JSON")
  func json() async throws {
    let result = try await Program.run(
      Program.higgs, ["smoke", "http://127.0.0.1:1", "--json"])
    #expect(result.exitCode == 69)
    #expect(result.output.contains(#""step" : "server""#))
    #expect(result.output.contains(#""is_ok" : false"#))
  }
}

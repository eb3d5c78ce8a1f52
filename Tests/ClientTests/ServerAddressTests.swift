import Client
import Testing

@Suite("The address of a server")
struct ServerAddressTests {
  private static let good: [(String, String, String, Int)] = [
    ("http://127.0.0.1:3000", "http://127.0.0.1:3000", "127.0.0.1", 3000),
    ("http://localhost/", "http://localhost", "localhost", 80),
    ("https://play.example", "https://play.example", "play.example", 443),
    ("https://play.example:8443/domino/", "https://play.example:8443/domino", "play.example", 8443),
    ("http://[::1]:3000", "http://[::1]:3000", "::1", 3000),
  ]

  @Test("is read with its host, its port and its path", arguments: good)
  func isRead(text: String, written: String, host: String, port: Int) throws {
    let address = try ServerAddress(text)
    #expect("\(address)" == written)
    #expect(address.host == host)
    #expect(address.port == port)
    #expect(address.url("/v1/me") == "\(written)/v1/me")
  }

  private static let bad: [(String, String)] = [
    ("127.0.0.1:3000", "http://"), ("ftp://play.example", "http://"), ("http://", "host"),
    ("http://play.example?x=1", "?"), ("http://play.example:99999", "65535"), ("", "address"),
  ]

  @Test("that is none is refused with the reason", arguments: bad)
  func isRefused(text: String, says: String) {
    let problem = #expect(throws: AddressProblem.self) { try ServerAddress(text) }
    #expect(problem?.description.contains(says) == true, "\(String(describing: problem))")
  }

  @Test("with a password in it is refused without repeating it")
  func hidesPassword() {
    let problem = #expect(throws: AddressProblem.self) {
      try ServerAddress("http://ayu:rahasia@play.example")
    }
    #expect(problem?.description.contains("rahasia") == false)
  }
}

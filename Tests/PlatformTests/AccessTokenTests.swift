import Core
import Foundation
import Platform
import Store
import Testing

@Suite("Access tokens")
struct AccessTokenTests {
  private static let now: Int64 = 1_800_000_000
  private static let player = ID<Player>(rawValue: 1)
  private static let signIn = ID<SignIn>(rawValue: 2)

  private func tokens(_ keys: [String: [UInt8]] = IdentityFixture.keys) async throws
    -> AccessTokens
  {
    try await AccessTokens(keys: keys, current: "2")
  }

  private func token(_ tokens: AccessTokens) async throws -> String {
    try await tokens.issue(
      player: Self.player, signIn: Self.signIn, role: "player", nowSeconds: Self.now)
  }

  @Test("A token holds for fifteen minutes and not a second longer")
  func lifetime() async throws {
    let tokens = try await tokens()
    let token = try await token(tokens)
    let access = try await tokens.verify(token, nowSeconds: Self.now + 899)
    #expect(access.player == Self.player && access.signIn == Self.signIn)
    await #expect(throws: PlatformError.notAuthenticated(.expired)) {
      try await tokens.verify(token, nowSeconds: Self.now + 900)
    }
  }

  @Test("A token from the far future is refused")
  func future() async throws {
    let tokens = try await tokens()
    let token = try await token(tokens)
    await #expect(throws: PlatformError.notAuthenticated(.invalid)) {
      try await tokens.verify(token, nowSeconds: Self.now - 61)
    }
  }

  @Test("A token under a key that is not in the ring is refused")
  func otherKey() async throws {
    let other = try await tokens(["2": Array(repeating: 7, count: 32)])
    let token = try await token(other)
    let tokens = try await tokens()
    await #expect(throws: PlatformError.notAuthenticated(.invalid)) {
      try await tokens.verify(token, nowSeconds: Self.now)
    }
  }

  @Test(
    "Another header is refused, whatever is signed",
    arguments: [
      #"{"alg":"none","typ":"at+jwt","kid":"2"}"#, #"{"alg":"HS256","typ":"at+jwt","kid":"2"}"#,
      #"{"alg":"EdDSA","typ":"JWT","kid":"2"}"#, #"{"alg":"EdDSA","typ":"at+jwt","kid":"9"}"#,
      #"{"alg":"EdDSA","typ":"at+jwt"}"#, #"{"alg":"EdDSA","typ":"at+jwt","kid":"2","crit":["x"]}"#,
    ])
  func headers(_ header: String) async throws {
    let tokens = try await tokens()
    var parts = try await token(tokens).split(separator: ".").map(String.init)
    parts[0] = Data(header.utf8).base64EncodedString()
      .replacing("=", with: "").replacing("+", with: "-").replacing("/", with: "_")
    let forged = parts.joined(separator: ".")
    await #expect(throws: PlatformError.notAuthenticated(.invalid)) {
      try await tokens.verify(forged, nowSeconds: Self.now)
    }
  }

  @Test(
    "What is no token is refused",
    arguments: ["", "a.b", "a.b.c", String(repeating: "x", count: 5_000)])
  func garbage(_ text: String) async throws {
    let tokens = try await tokens()
    await #expect(throws: PlatformError.notAuthenticated(.invalid)) {
      try await tokens.verify(text, nowSeconds: Self.now)
    }
  }
}

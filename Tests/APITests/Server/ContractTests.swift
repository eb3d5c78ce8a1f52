import API
import Foundation
import Testing

@Suite("The contract", .timeLimit(.minutes(5)))
struct ContractTests {
  private static let methods = ["get", "post", "patch", "delete"]

  private func contract() throws -> YAMLOutline { try YAMLOutline(try ServerFixture.openAPI()) }

  @Test("Every operation of the file is served, and asks for a token where the file says so")
  func operations() async throws {
    let contract = try contract()
    let paths = try #require(contract["paths"]).members
    #expect(paths.count == 26)
    try await ServerFixture.with { server in
      for path in paths {
        for operation in path.value.members where Self.methods.contains(operation.name) {
          let answer = try await server.http.request(
            operation.name.uppercased(), Self.filled(path.name),
            body: operation.name == "get" ? nil : "{}")
          let name = "\(operation.name) \(path.name)"
          if operation.value["security"] != nil {
            #expect(answer.status == 401 && answer.code == "unauthenticated", "\(name)")
          } else {
            #expect(answer.code != "not_found" && answer.status != 405, "\(name)")
          }
          let listed = operation.value["responses"]?[String(answer.status)]
          #expect(listed != nil, "\(name) answers \(answer.status), which the file does not list")
        }
      }
    }
  }

  @Test("What is answered is what the schemas say")
  func answers() async throws {
    let contract = try contract()
    try await ServerFixture.with { server in
      let guest = try await server.guest()
      for path in [
        "/v1/session", "/v1/me", "/v1/wallets", "/v1/wallets/{currency}/transactions", "/v1/games",
        "/v1/stakes", "/v1/rooms", "/v1/hands", "/v1/config", "/health/live", "/health/ready",
      ] {
        let answer = try await server.http.request("GET", Self.filled(path), token: guest.token)
        #expect(answer.status == 200, "\(path)")
        let schema = contract["paths"]?[path]?["get"]?["responses"]?["200"]?["content"]?[
          "application/json"]?["schema"]
        let problems = Schema(contract: contract).problems(of: answer.json, schema, at: path)
        #expect(problems.isEmpty, "\(problems)")
      }
    }
  }

  @Test("The page is made of the file, and needs nothing from elsewhere")
  func page() async throws {
    try await ServerFixture.with { server in
      let page = try await server.http.request("GET", "/docs")
      let text = String(decoding: page.body, as: UTF8.self)
      #expect(page.status == 200 && text.contains("quickSeat") && text.contains("problem-busy"))
      #expect(!text.contains("<script") && !text.contains("src=") && !text.contains("https://"))
      let file = try await server.http.request("GET", "/openapi.yaml")
      #expect(String(decoding: file.body, as: UTF8.self) == (try ServerFixture.openAPI()))
    }
  }

  private static func filled(_ path: String) -> String {
    path.replacing("{room}", with: "12").replacing("{currency}", with: "COINS")
      .replacing("{hand}", with: "01890a5d-ac96-774b-bcce-b302099a8057")
  }
}

/// The part of JSON Schema that the file uses.
struct Schema {
  let contract: YAMLOutline

  func problems(of value: Any, _ schema: YAMLOutline?, at path: String) -> [String] {
    guard let schema else { return ["\(path): no schema"] }
    if let name = schema["$ref"]?.text?.split(separator: "/").last.map(String.init) {
      return problems(of: value, contract["components"]?["schemas"]?[name], at: path)
    }
    let kinds = schema["type"]?.elements.compactMap(\.text) ?? []
    let allowed = kinds.isEmpty ? [schema["type"]?.text ?? "?"] : kinds
    guard allowed.contains(where: { Self.matches(value, $0) }) else {
      return ["\(path) is not \(allowed)"]
    }
    if let object = value as? [String: Any], let known = schema["properties"]?.members {
      return members(object, schema, known, path)
    }
    if let array = value as? [Any], let items = schema["items"] {
      return array.flatMap { problems(of: $0, items, at: path + "[]") }
    }
    return []
  }

  private func members(
    _ object: [String: Any], _ schema: YAMLOutline, _ known: [YAMLOutline.Member], _ path: String
  ) -> [String] {
    let required = schema["required"]?.elements.compactMap(\.text) ?? []
    let missing = required.filter { object[$0] == nil }.map { "\(path).\($0) is missing" }
    return missing
      + object.flatMap { name, value -> [String] in
        guard let member = known.first(where: { $0.name == name }) else {
          return ["\(path).\(name) is not in the file"]
        }
        return problems(of: value, member.value, at: path + "." + name)
      }
  }

  private static func matches(_ value: Any, _ type: String) -> Bool {
    switch type {
    case "string": value is String
    case "null": value is NSNull
    case "object": value is [String: Any]
    case "array": value is [Any]
    case "boolean": value is Bool
    case "integer": value is Int && !(value is NSNull)
    default: false
    }
  }
}

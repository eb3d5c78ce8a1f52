import Foundation
import TestSupport
import Testing

@Suite("The configuration", .timeLimit(.minutes(5)))
struct ConfigurationTests {
  /// The checkout, found from this file.
  private static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  private struct Described: Decodable {
    var variables: [Variable]
  }

  private struct Variable: Decodable {
    var name: String
    var group: String
    var form: String
    var minimum: Int?
    var maximum: Int?
    var words: [String]?
    var usual: String?
    var isSecret: Bool
    var meaning: String
  }

  private func variables() async throws -> [Variable] {
    let text = try await Program.demand(Program.higgs, ["configuration", "--json"])
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(Described.self, from: Data(text.utf8)).variables
  }

  private static let ring = TestKeys.ring

  /// Starts a server that finds no database: 69 where its configuration is good, 64 where it is not.
  private func serve(_ environment: [String: String]) async throws -> ProgramResult {
    let usual = [
      "DATABASE_URL": "postgres://higgs_app@127.0.0.1:1/none", "DATABASE_WAIT_SECONDS": "0",
      "HIGGS_KEYS": Self.ring, "PORT": "0", "LOG_FORMAT": "text",
    ]
    return try await Program.run(
      Program.higgs, ["serve"], environment: usual.merging(environment) { $1 })
  }

  @Test("Every variable has a group and a meaning, names are unique, and secrets have no default")
  func described() async throws {
    let variables = try await variables()
    #expect(Set(variables.map(\.name)).count == variables.count && variables.count > 20)
    let groups = Set(variables.map(\.group))
    #expect(groups == ["database", "redis", "monitoring", "security", "server"])
    for variable in variables {
      #expect(variable.meaning.count > 20, "\(variable.name)")
      #expect(!variable.isSecret || variable.usual == nil, "\(variable.name)")
    }
    let secrets = variables.filter(\.isSecret).map(\.name)
    #expect(secrets == ["DATABASE_URL", "REDIS_URL", "HIGGS_KEYS"])
  }

  @Test("A wrong value of any variable is refused with its name and what it may be")
  func wrongValues() async throws {
    for variable in try await variables() {
      let wrong: String
      switch variable.form {
      case "number": wrong = String(try #require(variable.maximum) + 1)
      case "flag": wrong = "perhaps"
      case "choice": wrong = "nothing-of-these"
      default: continue
      }
      let result = try await serve([variable.name: wrong])
      #expect(result.exitCode == 64, "\(variable.name)")
      #expect(result.errors.contains("\(variable.name) is \(wrong)"), "\(result.errors)")
    }
  }

  @Test("The usual values are good ones, and an empty variable counts as not set")
  func usualValues() async throws {
    let variables = try await variables()
    var environment: [String: String] = [:]
    for variable in variables where variable.usual != nil && variable.name != "PORT" {
      environment[variable.name] = variable.usual
    }
    environment["DATABASE_WAIT_SECONDS"] = "0"
    #expect(try await serve(environment).exitCode == 69)
    let empty = variables.map(\.name).filter {
      !["DATABASE_URL", "DATABASE_WAIT_SECONDS", "HIGGS_KEYS", "PORT"].contains($0)
    }
    #expect(
      try await serve(Dictionary(uniqueKeysWithValues: empty.map { ($0, "") })).exitCode == 69)
  }

  @Test("Nothing in the program reads the environment but by the descriptions")
  func onlyOneReader() throws {
    let sources = Self.root.appending(path: "Sources")
    let files = FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil)
    var readers: [String] = []
    for case let file as URL in try #require(files) where file.pathExtension == "swift" {
      let text = try String(contentsOf: file, encoding: .utf8)
      if text.contains("processInfo.environment") || text.contains("getenv(") {
        readers.append(file.lastPathComponent)
      }
    }
    // Programs that we start look for themselves along PATH and get the environment as it is.
    let passedOn = ["PostgresPrograms.swift", "Subprocess.swift"]
    #expect(
      readers.sorted() == ["Environment.swift"] + passedOn, "read variables by Variable.all instead"
    )
  }

  @Test("The papers in the checkout are what the program prints")
  func papers() async throws {
    for (flag, path) in [("--markdown", "docs/configuration.md"), ("--env", ".env.example")] {
      let printed = try await Program.demand(Program.higgs, ["configuration", flag])
      let kept = try String(contentsOf: Self.root.appending(path: path), encoding: .utf8)
      #expect(printed == kept, "run make generate")
    }
  }

  @Test("A name that nothing reads is warned of, with the nearest one that is read")
  func unknownNames() async throws {
    let result = try await serve([
      "HIGGS_MAINTENENCE": "on", "HIGGS_METRIC_PORT": "1", "FEATURES_BOT": "off",
      "HIGGS_SOMETHING_ELSE_ALTOGETHER": "1", "HIGGS_DOMINO_SERVICE_HOST": "10.0.0.1",
      "HIGGS_DOMINO_PORT": "tcp://10.0.0.1:3000", "HIGGS_DOMINO_PORT_3000_TCP_ADDR": "10.0.0.1",
      "HIGGS_RUN_FOLDER": "x",
    ])
    #expect(result.exitCode == 69)
    for words in [
      "HIGGS_MAINTENENCE is set, and nothing reads it; did you mean HIGGS_MAINTENANCE?",
      "did you mean HIGGS_METRICS_PORT?", "did you mean FEATURES_BOTS?",
      "HIGGS_SOMETHING_ELSE_ALTOGETHER is set, and nothing reads it; docs/configuration.md",
    ] {
      #expect(result.errors.contains(words), "\(result.errors)")
    }
    #expect(!result.errors.contains("HIGGS_DOMINO") && !result.errors.contains("HIGGS_RUN"))
    #expect(!result.errors.contains("HIGGS_TEST"))
  }

  @Test(
    "Production refuses secrets that somebody could know, and takes those that nobody can",
    arguments: [
      (["DATABASE_URL": "postgres://higgs_app:postgres@127.0.0.1:1/none"], "common default"),
      (["DATABASE_URL": "postgres://higgs_app:higgs_appX@127.0.0.1:1/none"], "fewer than 12"),
      (["DATABASE_URL": "postgres://ayu_of_the_west:ayu_of_the_west@127.0.0.1:1/none"], "name of"),
      (["REDIS_URL": "redis://:changeme@127.0.0.1:1"], "common default"),
      (["REDIS_URL": "redis://:short@127.0.0.1:1"], "fewer than 12"),
      (["HIGGS_KEYS": TestKeys.ring(String(repeating: "0123456789abcdef", count: 4))], "chance"),
      (
        [
          "HIGGS_KEYS": TestKeys.ring(
            "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f")
        ], "chance"
      ),
      (
        [
          "DATABASE_URL": "postgres://higgs_app:sN3vq0Lk8dUx2@127.0.0.1:1/none",
          "REDIS_URL": "redis://:sN3vq0Lk8dUx3@127.0.0.1:1",
        ], nil
      ), ([:], nil),
    ])
  func production(_ environment: [String: String], _ refusal: String?) async throws {
    #expect(try await serve(environment).exitCode == 69)
    let result = try await serve(
      environment.merging(["HIGGS_ENV": "production", "HIGGS_METRICS_PORT": "0"]) { $1 })
    #expect(result.exitCode == (refusal == nil ? 69 : 64), "\(result.errors)")
    if let refusal { #expect(result.errors.contains(refusal), "\(result.errors)") }
    for secret in ["higgs_appX", "changeme", "short@", "0123456789abcdef", "sN3vq0Lk8dUx"] {
      #expect(!result.errors.contains(secret))
    }
  }

  @Test("Addresses and ports that cannot go together are refused")
  func contradictions() async throws {
    for (environment, words) in [
      (["REDIS_URL": "http://cache"], "none of redis and rediss"),
      (["REDIS_URL": "redis://cache", "REDIS_CA_FILE": "/etc/ca.pem"], "should be rediss"),
      (["REDIS_URL": "rediss://cache", "REDIS_CA_FILE": "/none.pem"], "/none.pem"),
      (["PORT": "20999", "HIGGS_METRICS_PORT": "20999"], "and so is PORT"),
      (["HIGGS_METRICS_PORT": "20998", "HIGGS_METRICS_HOST": "203.0.113.1"], "203.0.113.1"),
    ] {
      let result = try await serve(environment)
      #expect(result.exitCode == 64 && result.errors.contains(words), "\(result.errors)")
    }
  }
}

import Core
import Foundation
import LedgerSigning
import Postgres
import Store
import TestSupport
import Testing

@Suite("higgs ledger", .timeLimit(.minutes(5)))
struct ProgramTests {
  @Test("makes a key that only its owner can read, and never overwrites one")
  func keygen() async throws {
    let folder = try TemporaryFolder()
    let path = folder.path("key.pem")
    let made = try await Program.run(Program.higgs, ["ledger", "keygen", path])
    #expect(made.exitCode == 0)
    let text = try String(contentsOfFile: path, encoding: .utf8)
    #expect(
      try SigningKey(text: text).verificationKey.hexadecimal + "\n" == made.output)
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    #expect(attributes[.posixPermissions] as? Int == 0o600)
    let again = try await Program.run(Program.higgs, ["ledger", "keygen", path])
    #expect(again.exitCode == 1)
    #expect(again.errors.contains("is there already"))
    #expect(try String(contentsOfFile: path, encoding: .utf8) == text)
    let nowhere = try await Program.run(
      Program.higgs, ["ledger", "keygen", folder.path("none/key.pem")])
    #expect(nowhere.exitCode == 1)
    #expect(nowhere.errors.contains("cannot be made"))
  }

  @Test("shows the newest seal, and says what to wait for where there is none")
  func head() async throws {
    try await SealedLedger.with(blocks: 0) { ledger in
      let none = try await ledger.higgs("head")
      #expect(none.exitCode == 1)
      #expect(none.errors.contains("nothing is sealed yet"))
      #expect(none.output.isEmpty)
      let unsigned = try await ledger.higgs("sign", "--key", ledger.keyPath)
      #expect(unsigned.exitCode == 1)
      #expect(unsigned.errors.contains("nothing to sign"))
      try await ledger.post()
      try await ledger.seal()
      let text = try await ledger.higgs("head", role: "higgs_readonly").output
      #expect(text.hasPrefix("seal           1\n"))
      let json = try await ledger.higgs("head", "--json").output
      let object = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
      let hash = try await ledger.owner.query(
        "select encode(hash, 'hex') from ledger_head()"
      ).one().decode(String.self)
      #expect(object?["hash"] as? String == hash)
      #expect(object?["number"] as? Int == 1)
      #expect(text.contains(hash))
    }
  }

  @Test("signs as the application, and verifies as the role that may only read")
  func signAndVerify() async throws {
    try await SealedLedger.with(blocks: 1) { ledger in
      try await ledger.post()
      let first = try await ledger.higgs("sign", "--key", ledger.keyPath, role: "higgs_app")
      #expect(first.exitCode == 0, "\(first.errors)")
      let signed = try SignedHead(json: first.output.trimmingCharacters(in: .newlines))
      #expect(ledger.key.verificationKey.isSigned(signed))
      let again = try await ledger.higgs("sign", "--key", ledger.keyPath, role: "higgs_app")
      #expect(again.exitCode == 0)
      // What is published grows; older heads stay true.
      try await ledger.post()
      try await ledger.seal()
      let third = try await ledger.higgs("sign", "--key", ledger.keyPath)
      #expect(try SignedHead(json: third.output.trimmed).head.number > signed.head.number)
      let head = try ledger.folder.write("heads", first.output + again.output + third.output)
      let publicKey = try ledger.folder.write("key.pub", ledger.publicKey + "\n")
      for recent in [[], ["--recent"]] {
        let verified = try await ledger.higgs(
          arguments: ["verify", "--head", head, "--public-key", publicKey] + recent,
          role: "higgs_readonly")
        #expect(verified.exitCode == 0, "\(verified.output) \(verified.errors)")
        #expect(verified.output.contains("published_heads_are_in_the_ledger (3)"))
        #expect(verified.output.contains("are in order"))
      }
      let json = try await ledger.verify(["--json"]).output
      let object = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
      #expect(object?["is_ok"] as? Bool == true)
      #expect((object?["checks"] as? [Any])?.count ?? 0 > 10)
    }
  }

  @Test("refuses a head whose line was changed, and one of another ledger")
  func changedHead() async throws {
    try await SealedLedger.with(blocks: 1) { ledger in
      var signed = try await ledger.sign()
      let other = try ledger.key.sign(
        LedgerHead(
          number: 1, lastPosition: 5, lastID: signed.head.lastID, hash: Array(0..<32)))
      signed.head.lastPosition += 1
      for (head, says) in [(signed, "the published file was changed"), (other, "rewritten")] {
        let file = try ledger.folder.write("heads", try head.json)
        let refused = try await ledger.verify(["--head", file, "--public-key", ledger.publicKey])
        #expect(refused.exitCode == 1)
        #expect(refused.output.contains(says))
      }
    }
  }

  @Test("signs and verifies although somebody stored a bad signature first")
  func badSignatureFirst() async throws {
    try await SealedLedger.with(blocks: 1) { ledger in
      _ = try await ledger.ledger.sign(
        seal: 1, keyID: ledger.key.verificationKey.id, signature: [UInt8](repeating: 7, count: 64))
      // Nothing tells a bad signature from a rewritten ledger but what was published before.
      let refused = try await ledger.higgs("sign", "--key", ledger.keyPath)
      #expect(refused.exitCode == 1 && refused.errors.contains("with --head"), "\(refused.errors)")
      let head = try ledger.key.sign(try await ledger.ledger.head()!)
      let file = try ledger.folder.write("heads", try head.json + "\n")
      let signed = try await ledger.higgs("sign", "--key", ledger.keyPath, "--head", file)
      #expect(signed.exitCode == 0, "\(signed.errors)")
      let verified = try await ledger.verify(["--head", file, "--public-key", ledger.publicKey])
      #expect(verified.exitCode == 0, "\(verified.output)")
      #expect(verified.output.contains("1 of 2 signatures under the name"), "\(verified.output)")
    }
  }

  private static let wrong: [([String], Int32, String)] = [
    (["verify", "--head", "x"], 2, "--public-key"), (["verify", "--heads", "x"], 2, "--heads"),
    (["sign"], 2, "--key"), (["head", "x"], 2, "x"), (["keygen"], 2, "file"),
    (["verify", "--public-key", "/nowhere"], 1, "cannot be read"),
    (["verify", "--public-key", "/dev/null"], 1, "not a public key"),
    (["verify", "--head", "/dev/null", "--public-key", Samples.publicKey], 1, "no signed head"),
    (["verify", "--head", "/etc/passwd", "--public-key", Samples.publicKey], 1, "line 1"),
    (["verify", "--head", "/dev/zero", "--public-key", Samples.publicKey], 1, "larger"),
    (["sign", "--key", "/dev/null"], 1, "not a private key"),
    (["sign", "--key", "/nowhere"], 1, "cannot be read"),
    (["head", "--database-url", "host=127.0.0.1 port=1"], 1, "DATABASE_URL"),
    (["keygen", "--help"], 0, ""), (["--help"], 0, ""),
  ]

  @Test("ends a wrong call with the code that it promises and a text", arguments: wrong)
  func wrongCalls(arguments: [String], code: Int32, says: String) async throws {
    let result = try await Program.run(Program.higgs, ["ledger"] + arguments)
    #expect(result.exitCode == code)
    #expect(says.isEmpty || result.errors.contains(says), "\(result.errors)")
    #expect(result.output.isEmpty == (code != 0))
  }

  @Test("sends who has no ledger yet to the migrations")
  func emptyDatabase() async throws {
    try await withDatabase { database in
      for command in [["head"], ["verify"]] {
        let result = try await Program.run(
          Program.higgs, ["ledger"] + command,
          environment: ["DATABASE_URL": database.configuration.connectionString])
        #expect(result.exitCode == 1)
        #expect(result.errors.contains("higgs migrate up"), "\(result.errors)")
      }
    }
  }

  @Test("never sends the key to the server, which logs all that it is sent")
  func keyStaysHere() async throws {
    try await PrivateServer.with(settings: ["log_statement": "all"]) { server in
      let configuration = try await MigratedDatabase.make(on: server)
      try await SealedLedger.with(blocks: 1, in: configuration) { ledger in
        #expect(try await ledger.higgs("sign", "--key", ledger.keyPath).exitCode == 0)
        let log = try String(contentsOfFile: server.folder + "/log", encoding: .utf8)
        #expect(log.contains("select sign_seal($1, $2, $3)"))
        let bytes = try #require(
          Data(base64Encoded: String(ledger.key.pem.split(separator: "\n")[1]))
        ).suffix(32)
        #expect(!log.contains(Hexadecimal.text(bytes)))
        #expect(!log.contains(ledger.key.pem.split(separator: "\n")[1].suffix(40)))
      }
    }
  }
}

extension String {
  fileprivate var trimmed: String { trimmingCharacters(in: .newlines) }
}

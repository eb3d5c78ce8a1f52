import API
import Foundation
import Postgres
import TestSupport
import Testing

@Suite("The end of the server", .timeLimit(.minutes(5)))
struct ShutdownTests {
  @Test("SIGTERM with 100 silent sockets ends within 25 seconds, in order")
  func silentSockets() async throws {
    try await withDatabase(template: .migrated) { database in
      let folder = try TemporaryFolder()
      let digits = String(repeating: "0123456789abcdef", count: 4)
      let ring = try folder.write("ring.json", #"{"current":"1","keys":{"1":"\#(digits)"}}"#)
      let process = Process()
      let output = Pipe()
      process.executableURL = URL(fileURLWithPath: Program.higgs)
      process.arguments = ["serve"]
      process.standardOutput = output
      process.standardError = FileHandle.nullDevice
      process.environment = [
        "DATABASE_URL": database.configuration.with(role: "higgs_app").connectionString,
        "HIGGS_KEY_RING_FILE": ring, "PORT": "0", "LIMITS_FACTOR": "100",
      ]
      let ended = AsyncStream<Int32>.makeStream()
      process.terminationHandler = { ended.continuation.yield($0.terminationStatus) }
      try process.run()
      var line = ""
      while !line.contains("\n") {
        let data = output.fileHandleForReading.availableData
        guard !data.isEmpty else { break }
        line += String(decoding: data, as: UTF8.self)
      }
      let port = try #require(
        line.split(separator: ":").last.flatMap { Int($0.prefix(while: \.isNumber)) })
      var sockets: [TestSocket] = []
      for _ in 0..<100 { sockets.append(try await TestSocket(port: port)) }
      let start = ContinuousClock.now
      process.terminate()
      for await status in ended.stream {
        #expect(status == 0)
        break
      }
      #expect(ContinuousClock.now - start < .seconds(25))
      #expect(sockets.count == 100)
    }
  }
}

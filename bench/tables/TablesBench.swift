import ArgumentParser
import FoundationEssentials
import NIOPosix
import Postgres

/// `tables-bench`: players on real WebSockets, and what their moves cost. `bench/tables/run` starts
/// the servers for it, opens the tables and hands over who sits where.
@main
struct TablesBench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tables-bench",
    abstract: "Measures live tables through WebSockets.")

  @Option(help: "Port of the server on 127.0.0.1.")
  var port: Int

  @Option(help: "Its database, where the moves are counted.")
  var databaseURL: String

  @Option(help: "Its process, whose CPU time and memory are read.")
  var serverProcess: Int

  @Option(help: "A file with a line `room token` for each player, four of each room in a row.")
  var players: String

  @Option(help: "Seconds to play before anything is measured.")
  var warmUpSeconds = 5

  @Option(help: "Seconds to measure.")
  var seconds = 15

  @Option(help: "How long a player thinks; 0 for full speed.")
  var thinkMilliseconds = 0

  @Option(help: "Threads of this program.")
  var threads = 1

  @Flag(help: "Only open the sockets, say hello and read the server's memory.")
  var idle = false

  func run() async throws {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: threads)
    let meter = try await ServerMeter(databaseURL: databaseURL, serverProcess: serverProcess)
    let chairs = try Chair.read(fromFile: players)
    let score = Score()
    let before = try ServerMeter.residentBytes(of: serverProcess)
    if idle {
      try await holdIdle(chairs, group, before)
      return try await group.shutdownGracefully()
    }
    try await seat(chairs, group, score)
    try await Task.sleep(for: .seconds(warmUpSeconds))
    score.begin()
    let first = try await meter.read()
    try await Task.sleep(for: .seconds(seconds))
    let last = try await meter.read()
    let latencies = score.end()
    let after = try ServerMeter.residentBytes(of: serverProcess)
    report(Measured(first, last), latencies, memory: after - before, tables: chairs.count / 4)
    try await group.shutdownGracefully()
  }

  /// Opens all sockets, and only then has everybody sit down: players at full speed would starve the
  /// newcomers.
  private func seat(
    _ chairs: [Chair], _ group: MultiThreadedEventLoopGroup, _ score: Score
  ) async throws {
    var sockets: [Socket] = []
    for chair in chairs {
      let player = Player(chair, thinkMilliseconds: thinkMilliseconds, score: score)
      sockets.append(try await Socket.open(port: port, on: group.next(), player))
    }
    try await wait(for: chairs.count, "see their table", score) { score.watching }
    for socket in sockets { socket.begin() }
    try await wait(for: chairs.count, "have a seat", score) { score.seated }
  }

  private func wait(
    for count: Int, _ what: String, _ score: Score, _ current: () -> Int
  ) async throws {
    let deadline = ContinuousClock.now + .seconds(Self.seatingSeconds)
    while current() < count {
      guard ContinuousClock.now < deadline else {
        throw ValidationError(
          "after \(Self.seatingSeconds) s only \(current()) of \(count) \(what): "
            + (score.lastWords ?? "nobody was refused a seat"))
      }
      try await Task.sleep(for: .milliseconds(100))
    }
  }

  private static let seatingSeconds = 60

  private func holdIdle(
    _ chairs: [Chair], _ group: MultiThreadedEventLoopGroup, _ before: Int
  ) async throws {
    for chair in chairs {
      _ = try await Socket.open(port: port, on: group.next(), Idler(chair))
    }
    try await Task.sleep(for: .seconds(warmUpSeconds))
    let after = try ServerMeter.residentBytes(of: serverProcess)
    let each = Double(after - before) / Double(chairs.count) / 1024
    print(
      "\(chairs.count) sockets that said hello and watch nothing: "
        + "\((each * 10).rounded() / 10) kB of the server's resident memory each.")
  }

  private func report(_ used: Measured, _ latencies: Latencies, memory: Int, tables: Int) {
    let pace = thinkMilliseconds == 0 ? "full speed" : "\(thinkMilliseconds) ms"
    let cells = [
      "\(tables)", pace, "\(Int(used.movesPerSecond))",
      "\(Int(used.movesPerServerSecond))", "\(Int(used.movesPerDatabaseSecond))",
      latencies.milliseconds(0.5), latencies.milliseconds(0.99), "\(memory / tables / 1024)",
      "\(latencies.refusals)",
    ]
    print("| \(cells.joined(separator: " | ")) |")
  }
}

/// Where a player sits.
struct Chair: Sendable {
  var room: Int64
  var token: String

  static func read(fromFile path: String) throws -> [Chair] {
    try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map { line in
      let parts = line.split(separator: " ")
      guard parts.count == 2, let room = Int64(parts[0]) else {
        throw ValidationError("\(path): a line is not `room token`: \(line)")
      }
      return Chair(room: room, token: String(parts[1]))
    }
  }
}

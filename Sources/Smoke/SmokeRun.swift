import Client
package import NIOCore

/// Plays a hand through the public interface, a step after the other.
package struct SmokeRun {
  private static let game = "gaple"

  private let options: SmokeOptions
  private let loop: any EventLoop
  private let tell: (SmokeReport.Step) -> Void
  private let began = ContinuousClock.now
  private var stepBegan = ContinuousClock.now
  private var report: SmokeReport
  private var server: SmokeServer
  private var stake: SmokeAnswers.Stake?
  private var before: SmokeAnswers.Wallet?
  private var earlierPayments: Set<String> = []
  private var seated: SmokeAnswers.Seated?
  private var player: SmokePlayer?
  /// How the failure, if any, is to be told apart.
  package private(set) var kind = SmokeFailure.Kind.wrong

  /// A run; `tell` hears of each step as it is done.
  package init(
    _ options: SmokeOptions, on loop: any EventLoop, tell: @escaping (SmokeReport.Step) -> Void
  ) throws {
    self.options = options
    self.loop = loop
    self.tell = tell
    report = SmokeReport(url: "\(options.address)")
    server = SmokeServer(
      client: try APIClient(options.address, certificates: options.certificates),
      deadline: began + .seconds(options.timeoutSeconds))
  }

  /// Does all of it; what it came to. Whatever happens, no seat is left taken if the server answers.
  package mutating func run() async -> SmokeReport {
    do {
      try await steps()
      report.isOk = true
    } catch {
      fail(error)
      await cleanUp()
    }
    player?.close()
    report.reconnections = player?.reconnections ?? 0
    report.milliseconds = Self.milliseconds(since: began)
    await server.client.shutdown()
    return report
  }

  private mutating func steps() async throws {
    try await step("server") { try await $0.checkServer() }
    try await step("guest") { try await $0.signIn() }
    try await step("lobby") { try await $0.chooseStake() }
    try await step("seat") { try await $0.sitDown() }
    try await step("socket") { try await $0.watch() }
    try await step("deal") { try await $0.waitForDeal() }
    try await step("hand") { try await $0.playHand() }
    try await step("leave") { try await $0.leave() }
    try await step("chips") { try $0.checkChips() }
    try await step("fair") { try $0.checkDeal() }
    try await step("wallet") { try await $0.checkWallet() }
    try await step("history") { try await $0.checkHistory() }
    try await step("sign-out") { try await $0.signOut() }
  }

  private mutating func step(
    _ name: String, _ work: (inout SmokeRun) async throws -> String
  ) async throws {
    stepBegan = .now
    report.steps.append(.init(name: name, isOk: false, milliseconds: 0, detail: ""))
    finish(isOk: true, try await work(&self))
  }

  private mutating func finish(isOk: Bool, _ detail: String) {
    let last = report.steps.count - 1
    report.steps[last].isOk = isOk
    report.steps[last].milliseconds = Self.milliseconds(since: stepBegan)
    report.steps[last].detail = detail
    tell(report.steps[last])
  }

  private mutating func fail(_ error: any Error) {
    let failure =
      error as? SmokeFailure
      ?? SmokeFailure(expected: "no error", found: "\(error)", look: Look.log)
    // Later on it is a server that was there and is away.
    kind = report.steps.count == 1 ? failure.kind : .wrong
    finish(isOk: false, failure.found)
    report.failure = .init(
      step: report.steps.last?.name ?? "", expected: failure.expected, found: failure.found,
      look: failure.look)
  }

  private static func milliseconds(since start: ContinuousClock.Instant) -> Int {
    Int(start.duration(to: .now) / .milliseconds(1))
  }
}

// The steps, in their order.
extension SmokeRun {
  private mutating func checkServer() async throws -> String {
    let first = server.waiting(seconds: options.waitSeconds)
    try await first.send(APIRequest("GET", "/health/live"), status: 200)
    try await first.send(APIRequest("GET", "/health/ready"), status: 200)
    let config: SmokeAnswers.Config = try await server.ask(APIRequest("GET", "/v1/config"))
    guard config.features["bots"] == true else {
      throw SmokeFailure(
        expected: "a server with bots to play with", found: "features.bots is off",
        look: "FEATURES_BOTS; without bots nobody sits down with this program.")
    }
    return "version \(config.version), protocol \(config.protocolVersion), ready"
  }

  private mutating func signIn() async throws -> String {
    let tokens: SmokeAnswers.Tokens = try await server.ask(
      APIRequest("POST", "/v1/auth/guest", body: #"{"display_name":"Smoke"}"#), status: 201)
    server.token = tokens.accessToken
    return "\(tokens.player.name), \(tokens.player.id)"
  }

  private mutating func chooseStake() async throws -> String {
    let stakes: SmokeAnswers.List<SmokeAnswers.Stake> = try await server.ask(
      APIRequest("GET", "/v1/stakes?game=\(Self.game)"))
    let wallets: SmokeAnswers.List<SmokeAnswers.Wallet> = try await server.ask(
      APIRequest("GET", "/v1/wallets"))
    let affordable = stakes.items.filter { stake in
      stake.vipLevelMin == 0
        && wallets.items.contains {
          $0.currency == stake.currency && !$0.isFrozen && $0.balance >= stake.buyInMin
        }
    }
    guard let stake = affordable.min(by: { $0.buyInMin < $1.buyInMin }),
      let wallet = wallets.items.first(where: { $0.currency == stake.currency })
    else {
      throw SmokeFailure(
        expected: "a stake of \(Self.game) that a new guest can afford",
        found: "\(stakes.items.map { "\($0.id) from \($0.buyInMin) \($0.currency)" }), and "
          + "\(wallets.items.map { "\($0.balance) \($0.currency)" })",
        look: "The tables stake_tiers and vip_levels; what new guests are granted.")
    }
    (self.stake, before) = (stake, wallet)
    earlierPayments = Set(try await payments(in: stake.currency).map(\.id))
    return "\(stakes.items.count) stakes, of which \(stake.id) from \(stake.buyInMin); "
      + "the guest has \(wallet.balance) \(wallet.currency)"
  }

  private mutating func sitDown() async throws -> String {
    guard let stake else { return "" }
    let seated = try await options.isPrivate ? privateSeat(stake) : anySeat(stake)
    guard let seat = seated.seat else {
      throw SmokeFailure(
        expected: "the number of our seat", found: "none in room \(seated.room)",
        look: Look.contract)
    }
    player = try SmokePlayer(
      options, loop: loop, token: server.token ?? "", room: seated.room, seat: seat,
      deadline: server.deadline)
    return "seat \(seat) of room \(seated.room), with \(stake.buyInMin)"
  }

  private mutating func anySeat(_ stake: SmokeAnswers.Stake) async throws -> SmokeAnswers.Seated {
    let taken: SmokeAnswers.Seated = try await server.ask(
      APIRequest(
        "POST", "/v1/quick-seat",
        body: #"{"stake":"\#(stake.id)","buy_in":\#(stake.buyInMin)}"#,
        headers: ["Idempotency-Key": Self.key()]), status: 201)
    seated = taken
    return taken
  }

  /// At a table that nobody else finds, with one bot.
  private mutating func privateSeat(
    _ stake: SmokeAnswers.Stake
  ) async throws -> SmokeAnswers.Seated {
    let opened: SmokeAnswers.Opened = try await server.ask(
      APIRequest(
        "POST", "/v1/rooms", body: #"{"stake":"\#(stake.id)","private":true}"#,
        headers: ["Idempotency-Key": Self.key()]), status: 201)
    guard let code = opened.joinCode else {
      throw SmokeFailure(
        expected: "the join_code of private room \(opened.room)", found: "none",
        look: Look.contract)
    }
    let taken: SmokeAnswers.Seated = try await server.ask(
      APIRequest(
        "POST", "/v1/rooms/\(opened.room)/seats",
        body: #"{"buy_in":\#(stake.buyInMin),"join_code":"\#(code)"}"#,
        headers: ["Idempotency-Key": Self.key()]), status: 201)
    seated = taken
    let brought: SmokeAnswers.Brought = try await server.ask(
      APIRequest("POST", "/v1/rooms/\(opened.room)/bots", body: #"{"count":1}"#))
    guard brought.bots == 1 else {
      throw SmokeFailure(
        expected: "one bot at room \(opened.room)", found: "\(brought.bots)", look: Look.log)
    }
    return taken
  }

  private static func key() -> String { "smoke-\(UInt64.random(in: 0...UInt64.max))" }

  private mutating func watch() async throws -> String {
    try await player?.play(until: .watching)
    return "hello, welcome, snapshot"
  }

  private mutating func waitForDeal() async throws -> String {
    try await player?.play(until: .dealt)
    guard let hand = player?.view.current ?? player?.view.ended.first else { return "" }
    return "hand \(hand.number), \(hand.id), \(HandCheck.text(hand.tiles))"
  }

  private mutating func playHand() async throws -> String {
    try await player?.play(until: .handEnded)
    guard let view = player?.view, let hand = view.ended.first, let ended = hand.ended else {
      return ""
    }
    let winner = ended.winner.map { $0 == view.seat ? "we won" : "seat \($0) won" } ?? "nobody won"
    return
      "\(hand.placements.count) tiles placed, \(winner), \(hand.net(of: view.seat) ?? 0) for us"
  }

  private mutating func leave() async throws -> String {
    try await player?.play(until: .left)
    let me: SmokeAnswers.Me = try await server.ask(APIRequest("GET", "/v1/me"))
    guard me.seats.isEmpty else {
      throw SmokeFailure(
        expected: "no seat after standing up", found: "seats in rooms \(me.seats.map(\.room))",
        look: Look.log)
    }
    if case .with(let chips) = player?.view.left { return "cashed out \(chips), no seat is left" }
    return "no seat is left"
  }

  private mutating func signOut() async throws -> String {
    try await server.send(APIRequest("DELETE", "/v1/session"), status: 204)
    return "the sign-in is ended"
  }

  /// After a failure: stands up and signs out, once and for a short time.
  private mutating func cleanUp() async {
    guard server.token != nil else { return }
    var last = SmokeServer(
      client: server.client, deadline: .now + .seconds(5), token: server.token)
    last.isPatient = false
    if let room = seated?.room {
      _ = try? await last.send(
        APIRequest("DELETE", "/v1/rooms/\(room)/seats/me"), status: 200)
    }
    _ = try? await last.send(APIRequest("DELETE", "/v1/session"), status: 204)
  }

  /// The hands that were played, each from its beginning; and what we took part with.
  var played: (hands: [PlayedHand], seat: Int, stake: SmokeAnswers.Stake, before: Int64)? {
    guard let player, let stake, let before else { return nil }
    return (player.view.ended, player.view.seat, stake, before.balance)
  }

  /// The newest payments of the wallet.
  func payments(in currency: String) async throws -> [SmokeAnswers.Payment] {
    let page: SmokeAnswers.List<SmokeAnswers.Payment> = try await server.ask(
      APIRequest("GET", "/v1/wallets/\(currency)/transactions?limit=50"))
    return page.items.filter { !earlierPayments.contains($0.id) }
  }

  var api: SmokeServer { server }
  var cashedOut: TableView.Leaving? { player?.view.left }
  var session: String? { seated?.session }
}

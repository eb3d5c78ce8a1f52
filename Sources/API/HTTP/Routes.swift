import Hummingbird

/// All routes, as a table of contents.
struct Routes {
  let services: APIServices
  let limits: APILimits
  let proxies: TrustedProxies
  let socketRefusal: SocketRefusal
  let configuration: PublicConfiguration
  let documents: APIDocuments
  let servesMetrics: Bool
  let files: StaticFiles?

  /// The router with everything in it.
  func router() -> Router<APIContext> {
    let router = Router(context: APIContext.self, options: [.autoGenerateHeadEndpoints])
    router.add(middleware: RequestEnvelope(proxies: proxies))
    if let files { router.add(middleware: files) }
    addSystem(to: router)
    let version = router.group("v1")
      .add(middleware: limit(limits.requestsPerAddress, by: .address))
    addPublic(to: version)
    addSignIn(to: version.group().add(middleware: signInLimit))
    let players = version.group()
      .add(middleware: Authentication(identity: services.identity))
      .add(middleware: limit(limits.requestsPerPlayer, by: .player))
    addMe(to: players)
    addTables(to: players)
    addHands(to: players)
    return router
  }

  private func addSystem(to router: Router<APIContext>) {
    let system = SystemHandlers(
      readiness: services.readiness, limits: limits, configuration: configuration)
    router.get("health/live", use: system.live)
    router.get("health/ready", use: system.ready)
    if servesMetrics {
      router.get("metrics", use: MetricsHandler(registry: services.metrics).metrics)
    }
    router.get("openapi.yaml", use: documents.openAPI)
    router.get("docs", use: documents.page)
    router.get("v1/config", use: system.config)
  }

  private func addPublic(to group: RouterGroup<APIContext>) {
    let lobby = LobbyHandlers(
      lobby: services.lobby, players: services.players, presence: services.presence)
    group.get("games", use: lobby.games)
    group.get("stakes", use: lobby.stakes)
    group.get("rooms", use: lobby.rooms)
    group.get("socket", use: socketRefusal.respond)
  }

  private func addSignIn(to group: RouterGroup<APIContext>) {
    let auth = AuthHandlers(identity: services.identity, players: services.players)
    // Who plays goes on, and needs new tokens meanwhile.
    group.post("auth/refresh", use: auth.refresh)
    group.group().add(middleware: maintenanceGate)
      .post("auth/guest", use: auth.createGuest)
      .post("auth/guest/sign-in", use: auth.signIn)
  }

  private func addMe(to group: RouterGroup<APIContext>) {
    let auth = AuthHandlers(identity: services.identity, players: services.players)
    let me = MeHandlers(players: services.players, lobby: services.lobby)
    group.get("session", use: auth.session)
    group.delete("session", use: auth.signOut)
    group.get("me", use: me.profile)
    group.patch("me", use: me.change)
    group.get("wallets", use: me.wallets)
    group.get("wallets/:currency/transactions", use: me.payments)
  }

  private func addTables(to group: RouterGroup<APIContext>) {
    let lobby = LobbyHandlers(
      lobby: services.lobby, players: services.players, presence: services.presence)
    let rooms = RoomHandlers(
      tables: services.tables, lobby: services.lobby,
      idempotent: Idempotent(idempotency: services.idempotency))
    group.get("rooms/:room", use: lobby.room)
    group.group().add(middleware: maintenanceGate)
      .post("quick-seat", use: rooms.quickSeat)
      .post("rooms", use: rooms.open)
      .post("rooms/:room/bots", use: rooms.addBots)
      .post("rooms/:room/seats", use: rooms.sit)
    group.delete("rooms/:room/seats/me", use: rooms.stand)
    group.post("rooms/:room/seats/me/top-ups", use: rooms.topUp)
  }

  private func addHands(to group: RouterGroup<APIContext>) {
    let hands = HandHandlers(players: services.players, lobby: services.lobby)
    group.get("hands", use: hands.played)
    group.get("hands/:hand", use: hands.hand)
    group.get("hands/:hand/replay", use: hands.replay)
  }

  private func limit(_ limit: RateLimit, by subject: RateLimiting.Subject) -> RateLimiting {
    RateLimiting(limiter: .node(RateLimiter(limit)), subject: subject)
  }

  private var signInLimit: RateLimiting {
    let limiter = SharedRateLimiter(
      name: "sign-in", limits.signInsPerAddress, redis: services.redis)
    return RateLimiting(limiter: .shared(limiter), subject: .address)
  }

  private var maintenanceGate: MaintenanceGate {
    MaintenanceGate(maintenance: configuration.maintenance)
  }
}

package import Core
import Domino
import Postgres
import Store
import Tables

extension Host {
  /// Takes free rooms until the task is cancelled.
  func takeForEver() async {
    while !Task.isCancelled {
      if lease.isValid { await takeRound() }
      try? await Task.sleep(for: .milliseconds(configuration.takeoverMilliseconds))
    }
  }

  /// Takes all rooms that are free now, fifty at a time.
  private func takeRound() async {
    guard let node = lease.node else { return }
    var strangers = 0
    do throws(PostgresError) {
      var taken: [TakenRoom]
      repeat {
        taken = try await Nodes(client).takeRooms(for: node)
        let hosted = try await withoutStrangers(taken)
        strangers += taken.count - hosted.count
        pendingLoads.withLock { pending in
          for room in hosted { pending[room.room] = room }
        }
        await loadPending()
      } while taken.count == Nodes<TimedClient>.roomsMax && !Task.isCancelled
      hasLooked.open()
    } catch {
      if !Task.isCancelled { configuration.logger.warning("no rooms were taken: \(error)") }
    }
    guard strangers > 0 else { return }
    configuration.logger.info("\(strangers) rooms are left alone: their games are not hosted here")
  }

  /// Those of the rooms whose games are hosted here.
  private func withoutStrangers(
    _ taken: [TakenRoom]
  ) async throws(PostgresError) -> [TakenRoom] {
    guard !taken.isEmpty else { return [] }
    let games = try await Rooms(client).games(of: taken.map(\.room))
    let isHosted = { (room: TakenRoom) in
      games[room.room].map(LineRules.hostedGames.contains) ?? true
    }
    registry.leaveAlone(taken.filter { !isHosted($0) }.map(\.room))
    return taken.filter(isHosted)
  }

  /// Reads the rooms that were taken, a few at once; those with hands first.
  private func loadPending() async {
    let rooms = pendingLoads.withLock { Array($0.values) }
      .sorted { ($0.hand == nil ? 1 : 0, $0.room) < ($1.hand == nil ? 1 : 0, $1.room) }
    await withTaskGroup(of: Void.self) { group in
      for (index, room) in rooms.enumerated() {
        if index >= configuration.loadsMax { _ = await group.next() }
        group.addTask { await self.load(room) }
      }
    }
  }

  private func load(_ taken: TakenRoom) async {
    switch await open(taken) {
    case .hosted, .refused: pendingLoads.withLock { _ = $0.removeValue(forKey: taken.room) }
    case .again: break
    }
  }

  /// What became of a room that was taken.
  enum Opening {
    case hosted(TableRoom)
    case refused
    case again
  }

  /// Reads a room that was taken, and goes on with it.
  func open(_ taken: TakenRoom) async -> Opening {
    switch await services.ledger.load(taken.room) {
    case .unknown: return .again
    case .refused, .fenced: return .refused
    case .done(let record):
      guard record.fence == taken.fence else { return .refused }
      do throws(RecoveryError) {
        let room = try TableRoom(record, services: services, policy: configuration.policy)
        return await host(room, record)
      } catch {
        return await recover(taken, from: error)
      }
    }
  }

  private func host(_ room: TableRoom, _ record: RoomRecord) async -> Opening {
    let bots = record.stays.filter(\.player.isBot)
    roster.markBusy(bots.map(\.player.id))
    let older = registry.insert(
      Registry.Hosted(room: room, fence: record.fence, botsWanted: bots.count))
    await older?.room.stop()
    _ = registry.insert(Registry.Hosted(room: room, fence: record.fence, botsWanted: bots.count))
    await room.begin()
    return .hosted(room)
  }

  /// A hand whose journal the rules refuse is void; one whose seed cannot be read waits for its key.
  private func recover(_ taken: TakenRoom, from error: RecoveryError) async -> Opening {
    configuration.logger.error("room \(taken.room) is not resumed: \(error)")
    guard case .journalNotPlayable(let hand, _) = error else { return .refused }
    let reason = "its journal cannot be played"
    guard case .done = await services.ledger.void(hand, taken.fence, reason) else { return .again }
    return .again
  }
}

extension Host {
  /// Where a room is.
  package func room(_ id: SerialID<Room>) async -> RoomLookup {
    if let hosted = registry[id] { return .here(hosted.room) }
    if registry.leavesAlone(id) { return .notFound }
    let place: RoomPlace
    do throws(PostgresError) {
      guard let found = try await Nodes(client).place(of: id) else { return .notFound }
      place = found
    } catch {
      return .between
    }
    // It may have been taken and read while the database was asked.
    if let hosted = registry[id] { return .here(hosted.room) }
    guard let address = place.address, address != configuration.internalAddress else {
      return .between
    }
    return .elsewhere(address: address)
  }
}

import Core
import Postgres
import Store

extension Host {
  private var nodes: Nodes<TimedClient> {
    Nodes(TimedClient(pool, configuration.renewalTimeoutMilliseconds))
  }

  func register(succeeding: Bool) async throws(PostgresError) {
    let began = ContinuousClock.now
    let node = try await Nodes(client).register(
      name: configuration.name, internalAddress: configuration.internalAddress,
      rulesVersions: [1])
    lease.renewed(node, callBegan: began)
    guard succeeding else { return }
    let dead = try await Nodes(client).succeedDead(by: node)
    if dead > 0 { configuration.logger.info("node \(node) follows \(dead) dead ones") }
  }

  /// Renews the lease until the task is cancelled.
  func renewForEver() async {
    while !Task.isCancelled {
      let pause = await renew() ? configuration.renewalMilliseconds : 250
      try? await Task.sleep(for: .milliseconds(pause))
    }
  }

  /// One renewal; false where it has to be tried again soon.
  private func renew() async -> Bool {
    let began = ContinuousClock.now
    let wasValid = lease.isValid
    do {
      guard let node = lease.node else {
        try await register(succeeding: false)
        return true
      }
      guard try await nodes.renew(node) else {
        configuration.logger.error("node \(node) is not known any more; its rooms are given up")
        lease.lose()
        await stopAll()
        return false
      }
      if !wasValid { try await resume(node) }
      lease.renewed(node, callBegan: began)
      return true
    } catch {
      if !Task.isCancelled { configuration.logger.warning("the lease was not renewed: \(error)") }
      return false
    }
  }

  /// Goes on with the rooms whose fence is unchanged, after the lease had ended.
  private func resume(_ node: SerialID<Node>) async throws(PostgresError) {
    let fences = try await Nodes(client).rooms(of: node)
    for hosted in registry.all {
      if fences[hosted.room.id] == hosted.fence {
        await hosted.room.resume()
      } else {
        await hosted.room.stop()
      }
    }
  }

  /// Suspends all rooms at the lease's end, to the moment.
  func watchLease() async {
    var isSuspended = false
    while !Task.isCancelled {
      guard let end = lease.endsAt, ContinuousClock.now < end else {
        if !isSuspended { await suspendAll() }
        isSuspended = true
        try? await Task.sleep(for: .milliseconds(100))
        continue
      }
      isSuspended = false
      try? await Task.sleep(until: end, clock: .continuous)
    }
  }

  private func suspendAll() async {
    configuration.logger.error("the lease has ended; \(registry.count) rooms are suspended")
    for hosted in registry.all { await hosted.room.suspend() }
  }

  private func stopAll() async {
    for hosted in registry.all { await hosted.room.stop() }
  }
}

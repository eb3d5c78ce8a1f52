import Core
import Logging
import Synchronization
import Tables

/// What rooms tell their host. It knows the host only weakly, since the host knows it.
final class HostWatcher: Sendable {
  private let weakHost = Mutex<WeakHost?>(nil)
  private let logger: Logger

  init(logger: Logger) { self.logger = logger }

  var host: WeakHost? {
    get { weakHost.withLock { $0 } }
    set { weakHost.withLock { $0 = newValue } }
  }

  var observer: TableObserver {
    TableObserver(
      occupancyChanged: { [self] occupancy in host?.value?.note(occupancy) },
      seatLeft: { [self] _, player in host?.value?.noteLeft(player) },
      stopped: { [self] room in host?.value?.noteStopped(room) },
      log: { [logger] room, text in logger.warning("room \(room): \(text)") })
  }
}

/// A host that may be gone.
struct WeakHost: Sendable {
  weak let value: Host?

  init(_ host: Host) { value = host }
}

extension Host {
  func note(_ occupancy: Occupancy) {
    let missing = registry.note(occupancy)
    guard missing > 0, configuration.hasBots, !stopWanted.isOpen else { return }
    Task { try? await self.seatBots(missing, in: occupancy.room) }
  }

  func noteLeft(_ player: PlayerFacts) {
    if player.isBot { roster.giveBack(player.id) }
  }

  func noteStopped(_ room: SerialID<Room>) { registry.remove(room) }
}

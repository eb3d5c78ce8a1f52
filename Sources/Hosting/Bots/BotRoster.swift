import Core
import FoundationEssentials
import Postgres
import Store
import Synchronization

/// The bots that can sit down here. More are made when none is free.
final class BotRoster: Sendable {
  private struct State {
    var free: [ID<Player>] = []
    var busy: Set<ID<Player>> = []
    var isRead = false
    /// In an order of chance, one after the other: the bots of a table have different names.
    var names = BotNames.all.shuffled()

    mutating func nextName() -> String {
      let name = names.removeFirst()
      names.append(name)
      return name
    }
  }

  private let state = Mutex(State())
  private let store: Bots<TimedClient>

  /// A roster whose accounts are in this database.
  init(client: TimedClient) { store = Bots(client) }

  /// These sit somewhere.
  func markBusy(_ bots: [ID<Player>]) {
    state.withLock { state in
      state.busy.formUnion(bots)
      state.free.removeAll { state.busy.contains($0) }
    }
  }

  /// The bot sits nowhere any more.
  func giveBack(_ bot: ID<Player>) {
    state.withLock { state in
      if state.busy.remove(bot) != nil { state.free.append(bot) }
    }
  }

  /// A bot that sits nowhere and has at least so many chips.
  func take(_ chips: Chips, _ currency: Currency) async throws(PostgresError) -> ID<Player> {
    try await readOnce()
    let known = state.withLock { state -> ID<Player>? in
      guard let bot = state.free.popLast() else { return nil }
      state.busy.insert(bot)
      return bot
    }
    let bot: ID<Player>
    if let known {
      bot = known
    } else {
      bot = try await store.make(named: state.withLock { $0.nextName() })
      state.withLock { _ = $0.busy.insert(bot) }
    }
    do throws(PostgresError) {
      try await store.fund(bot, atLeast: chips, currency)
    } catch {
      giveBack(bot)
      throw error
    }
    return bot
  }

  private func readOnce() async throws(PostgresError) {
    guard !state.withLock({ $0.isRead }) else { return }
    let idle = try await store.idle()
    state.withLock { state in
      guard !state.isRead else { return }
      state.isRead = true
      state.free = idle.filter { !state.busy.contains($0) }.shuffled()
    }
  }
}

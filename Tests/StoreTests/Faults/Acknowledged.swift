import Core
import Store

/// What the database has acknowledged, kept outside it; and an event for every so many of them.
actor Acknowledged {
  private(set) var postings: [ID<Transaction>: Posting] = [:]
  private(set) var moves: [ID<Hand>: [JournalMove]] = [:]
  private(set) var settled: Set<ID<Hand>> = []
  private(set) var isStopped = false
  private var count = 0
  private var waiting: (count: Int, continuation: CheckedContinuation<Void, Never>)?

  func add(_ posted: [Posting]) {
    for posting in posted { postings[posting.id] = posting }
    counted()
  }

  func add(_ appended: [JournalMove], of hand: ID<Hand>) {
    moves[hand, default: []] += appended
    counted()
  }

  func add(settled hand: ID<Hand>) {
    settled.insert(hand)
    counted()
  }

  func stop() { isStopped = true }

  /// Returns after so many more acknowledgements.
  func more(_ further: Int) async {
    await withCheckedContinuation { waiting = (count + further, $0) }
  }

  private func counted() {
    count += 1
    if let reached = waiting, count >= reached.count {
      waiting = nil
      reached.continuation.resume()
    }
  }
}

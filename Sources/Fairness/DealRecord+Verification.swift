/// What a verification found.
package enum Verification: Sendable, Equatable {
  /// The deck follows from the seeds, and the seed is the one that was promised.
  case fair
  /// Everything that is wrong.
  case unfair([DealProblem])
}

/// Something wrong with the record of a deal.
package enum DealProblem: Sendable, Hashable {
  /// The record follows a scheme that this program does not know.
  case unknownScheme(String)
  /// The commit is not 64 hexadecimal digits.
  case unreadableCommit
  /// The server's seed is not 64 hexadecimal digits.
  case unreadableServerSeed
  /// A client's seed, counted from 0, is not one.
  case badClientSeed(place: Int, ClientSeedError)
  /// There are no client seeds at all.
  case noClientSeeds
  /// The revealed seed is not the one that was promised.
  case commitDiffers(promised: String, revealed: String)
  /// The deck in the record is not the one that the seeds give.
  case deckDiffers(place: Int, expected: UInt8, found: UInt8)
  /// The deck in the record has not 28 tiles.
  case deckLength(Int)
}

extension DealRecord {
  /// Recomputes the commit and the deck.
  package func verify() -> Verification {
    guard scheme == DealRecord.currentScheme else { return .unfair([.unknownScheme(scheme)]) }
    var problems: [DealProblem] = []
    let clients = readClientSeeds(&problems)
    if let server = ServerSeed(hexadecimal: serverSeed) {
      check(server, &problems)
      if clients.count == clientSeeds.count, !clients.isEmpty {
        check(Shuffle(server: server, clients: clients, nonce: nonce).deck, &problems)
      }
    } else {
      problems.append(.unreadableServerSeed)
    }
    return problems.isEmpty ? .fair : .unfair(problems)
  }

  private func readClientSeeds(_ problems: inout [DealProblem]) -> [ClientSeed] {
    if clientSeeds.isEmpty { problems.append(.noClientSeeds) }
    var seeds: [ClientSeed] = []
    for (place, text) in clientSeeds.enumerated() {
      do throws(ClientSeedError) {
        seeds.append(try ClientSeed(text))
      } catch { problems.append(.badClientSeed(place: place, error)) }
    }
    return seeds
  }

  private func check(_ server: ServerSeed, _ problems: inout [DealProblem]) {
    guard let promised = Commit(hexadecimal: commit) else {
      problems.append(.unreadableCommit)
      return
    }
    guard promised != server.commit else { return }
    problems.append(
      .commitDiffers(promised: promised.hexadecimal, revealed: server.commit.hexadecimal)
    )
  }

  private func check(_ expected: [UInt8], _ problems: inout [DealProblem]) {
    guard deck.count == expected.count else {
      problems.append(.deckLength(deck.count))
      return
    }
    guard let place = deck.indices.first(where: { deck[$0] != expected[$0] }) else { return }
    problems.append(.deckDiffers(place: place, expected: expected[place], found: deck[place]))
  }
}

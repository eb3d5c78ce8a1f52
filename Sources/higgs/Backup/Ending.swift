import Dispatch
import Foundation
import Synchronization

/// Work that SIGTERM and SIGINT cancel, so that what it has begun is undone.
final class Ending<Work: CancellableWork>: Sendable {
  private let work: Work
  private let wasAsked = Atomic<Bool>(false)

  init(_ work: Work) {
    self.work = work
  }

  /// Whether a signal came.
  var isAsked: Bool { wasAsked.load(ordering: .acquiring) }

  /// Does the work.
  func run() async throws -> Work.Output {
    let task = Task { try await self.work.run() }
    let sources = [SIGTERM, SIGINT].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number)
      source.setEventHandler {
        self.wasAsked.store(true, ordering: .releasing)
        task.cancel()
      }
      source.resume()
      return source
    }
    defer { for source in sources { source.cancel() } }
    return try await task.value
  }
}

/// Something that can be cancelled.
protocol CancellableWork: Sendable {
  associatedtype Output: Sendable
  func run() async throws -> Output
}

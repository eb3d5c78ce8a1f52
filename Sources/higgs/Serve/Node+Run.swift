import Foundation
import Hosting
import Logging
import Platform
import ServiceLifecycle
import Telemetry

extension Node {
  /// Serves until SIGTERM or SIGINT, then ends in order: readiness falls, appends finish, rooms are
  /// given back, sockets close, requests finish, the pool closes.
  func run() async throws {
    var group = ServiceGroupConfiguration(
      services: services.map { .init(service: $0) },
      gracefulShutdownSignals: [.sigterm, .sigint], logger: Logger(label: "node"))
    group.maximumGracefulShutdownDuration = .seconds(Self.orderlySeconds)
    try await ServiceGroup(configuration: group).run()
  }

  /// Ended in the opposite order.
  private var services: [any Service] {
    var services: [any Service] = [pooled, Background { await revocations.run() }]
    if let metrics {
      services.append(
        metrics.service { [configuration] port in
          let host = configuration.metrics?.host ?? configuration.host
          announce("metrics on http://\(Self.shown(host)):\(port)/metrics")
        })
    }
    if let redis {
      services.append(AtShutdown { await redis.shutdown() })
      services.append(Background { await presence.run() })
    }
    if let caretaker { services.append(Background { await caretaker.run() }) }
    let host = configuration.host
    services.append(
      api.service { port in announce("listening on http://\(Self.shown(host)):\(port)") })
    services.append(AtShutdown { await api.gateway.shutdown() })
    return services + [hosting, AtShutdown { beginEnd() }]
  }

  private var hosting: some Service {
    AsyncService(run: { try await host.run() }, end: { await host.shutdown() })
  }

  private var pooled: some Service {
    AtShutdown { await pool.shutdown(graceMilliseconds: 2_000) }
  }

  /// The first thing that happens at the end; from here on there is a deadline.
  private func beginEnd() {
    readiness.stop()
    Thread.detachNewThread {
      Thread.sleep(forTimeInterval: TimeInterval(Self.endSeconds))
      Console.complain("the end took over \(Self.endSeconds) s; leaving what hangs")
      exit(0)
    }
  }

  /// Says on standard output where the server is, in the form of the logs.
  private func announce(_ words: String) {
    Console.say(
      configuration.logsJSON
        ? JSONLogHandler.line(label: "node", level: .info, message: words) : words)
  }

  /// An address that people can open.
  private static func shown(_ host: String) -> String {
    host == "0.0.0.0" || host == "::" ? "127.0.0.1" : host
  }
}

/// Work that ends when it is cancelled.
private struct Background: Service {
  let work: @Sendable () async -> Void

  func run() async throws {
    await cancelWhenGracefulShutdown { await work() }
  }
}

/// Something that is only done at the end.
private struct AtShutdown: Service {
  let work: @Sendable () async -> Void

  func run() async throws {
    try? await gracefulShutdown()
    await work()
  }
}

/// Something that runs until it is told to end. A class, so that the optimizer has no captures to
/// take apart: docs/decisions/tail-calls.md.
private final class AsyncService: Service {
  let run: @Sendable () async throws -> Void
  let end: @Sendable () async -> Void

  init(run: @escaping @Sendable () async throws -> Void, end: @escaping @Sendable () async -> Void)
  {
    self.run = run
    self.end = end
  }

  @inline(never)
  private func finish() async {
    await end()
  }

  func run() async throws {
    try await withGracefulShutdownHandler {
      try await self.run()
      try? await gracefulShutdown()
    } onGracefulShutdown: {
      Task { await self.finish() }
    }
  }
}

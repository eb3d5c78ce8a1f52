package import CoreMetrics
import Synchronization

/// The metrics of a process, for `swift-metrics` to write and for `/metrics` to read.
///
/// An instrument lives as long as the process: a series that came and went would read as a reset.
package final class PrometheusRegistry: MetricsFactory, Sendable {
  /// Most series; past it new ones are counted but not kept, so that a label cannot fill memory.
  package static let seriesMax = 5_000

  struct Key: Hashable {
    let name: String
    let labels: String
  }

  private struct State {
    var instruments: [Key: any Instrument] = [:]
    var collectors: [@Sendable (inout Exposition) -> Void] = []
    var help: [String: String] = [:]
  }

  private let state = Mutex(State())

  /// An empty registry.
  package init() {}

  /// Adds something that is read when metrics are asked for, such as the counters of a pool.
  package func collect(_ collector: @escaping @Sendable (inout Exposition) -> Void) {
    state.withLock { $0.collectors.append(collector) }
  }

  /// Says what a metric means.
  package func describe(_ name: String, _ text: String) {
    state.withLock { $0.help[name] = text }
  }

  /// All metrics in Prometheus' text format 0.0.4.
  package func text() -> String {
    let (instruments, collectors, help) = state.withLock {
      ($0.instruments, $0.collectors, $0.help)
    }
    var exposition = Exposition(help: help)
    for (key, instrument) in instruments { instrument.write(key, to: &exposition) }
    for collector in collectors { collector(&exposition) }
    return exposition.text
  }

  private func instrument<Made: Instrument>(
    _ label: String, _ dimensions: [(String, String)], suffix: String = "", _ make: () -> Made
  ) -> Made {
    let name = Exposition.name(label, suffix: suffix)
    let key = Key(name: name, labels: Exposition.labels(dimensions))
    return state.withLock { state in
      if let known = state.instruments[key] as? Made { return known }
      let made = make()
      if state.instruments.count < Self.seriesMax { state.instruments[key] = made }
      return made
    }
  }

  /// A counter; its name ends in `_total`.
  package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
    instrument(label, dimensions, suffix: "_total") { CounterInstrument() }
  }

  /// A gauge that is set, raised and lowered.
  package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
    instrument(label, dimensions) { GaugeInstrument() }
  }

  /// A distribution of numbers, or a gauge where nothing is aggregated.
  package func makeRecorder(
    label: String, dimensions: [(String, String)], aggregate: Bool
  ) -> any RecorderHandler {
    aggregate
      ? instrument(label, dimensions) { HistogramInstrument(bounds: HistogramInstrument.counts) }
      : instrument(label, dimensions) { GaugeInstrument() }
  }

  /// A distribution of times; its name ends in `_seconds`.
  package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
    instrument(label, dimensions, suffix: "_seconds") {
      HistogramInstrument(bounds: HistogramInstrument.seconds)
    }
  }

  /// Nothing: instruments stay.
  package func destroyCounter(_ handler: any CounterHandler) {}
  /// Nothing: instruments stay.
  package func destroyMeter(_ handler: any MeterHandler) {}
  /// Nothing: instruments stay.
  package func destroyRecorder(_ handler: any RecorderHandler) {}
  /// Nothing: instruments stay.
  package func destroyTimer(_ handler: any TimerHandler) {}
}

/// Something that is measured.
protocol Instrument: AnyObject, Sendable {
  func write(_ key: PrometheusRegistry.Key, to exposition: inout Exposition)
}

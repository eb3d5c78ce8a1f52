import CoreMetrics
import Synchronization

/// A number that only rises.
final class CounterInstrument: Instrument, CounterHandler {
  private let value = Atomic<Int64>(0)

  func increment(by amount: Int64) {
    value.wrappingAdd(amount, ordering: .relaxed)
  }

  func reset() {
    value.store(0, ordering: .relaxed)
  }

  func write(_ key: PrometheusRegistry.Key, to exposition: inout Exposition) {
    exposition.add(
      key.name, .counter, labels: key.labels, Double(value.load(ordering: .relaxed)))
  }
}

/// A number that goes up and down.
final class GaugeInstrument: Instrument, MeterHandler, RecorderHandler {
  private let value = Mutex(0.0)

  func set(_ value: Int64) { set(Double(value)) }
  func set(_ value: Double) { self.value.withLock { $0 = value } }
  func increment(by amount: Double) { value.withLock { $0 += amount } }
  func decrement(by amount: Double) { value.withLock { $0 -= amount } }
  func record(_ value: Int64) { set(Double(value)) }
  func record(_ value: Double) { set(value) }

  func write(_ key: PrometheusRegistry.Key, to exposition: inout Exposition) {
    exposition.add(key.name, .gauge, labels: key.labels, value.withLock { $0 })
  }
}

/// How numbers are distributed over fixed bounds.
final class HistogramInstrument: Instrument, TimerHandler, RecorderHandler {
  /// Bounds of times, in seconds: from a quarter of a millisecond to ten seconds.
  static let seconds: [Double] = [
    0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
  ]
  /// Bounds of counts and sizes.
  static let counts: [Double] = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 10_000, 100_000]

  private struct State {
    var buckets: [UInt64]
    var sum = 0.0
    var count: UInt64 = 0
  }

  private let bounds: [Double]
  private let state: Mutex<State>

  init(bounds: [Double]) {
    self.bounds = bounds
    state = Mutex(State(buckets: Array(repeating: 0, count: bounds.count)))
  }

  func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }
  func record(_ value: Int64) { record(Double(value)) }

  func record(_ value: Double) {
    let bucket = bounds.firstIndex { value <= $0 }
    state.withLock { state in
      if let bucket { state.buckets[bucket] += 1 }
      state.sum += value
      state.count += 1
    }
  }

  func write(_ key: PrometheusRegistry.Key, to exposition: inout Exposition) {
    let (buckets, sum, count) = state.withLock { ($0.buckets, $0.sum, $0.count) }
    exposition.addHistogram(
      key.name, labels: key.labels, bounds: bounds, buckets: buckets, sum: sum, count: count)
  }
}

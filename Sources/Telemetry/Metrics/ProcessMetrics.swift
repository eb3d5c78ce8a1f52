#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What the system knows of this process.
package enum ProcessMetrics {
  /// Adds processor time, memory and open files to a registry.
  package static func collect(into registry: PrometheusRegistry) {
    registry.describe("process_cpu_seconds_total", "Processor time, user and system.")
    registry.describe("process_resident_memory_bytes", "Resident memory.")
    registry.describe("process_open_fds", "Open files and sockets.")
    registry.collect { exposition in
      if let seconds = processorSeconds() {
        exposition.add("process_cpu_seconds_total", .counter, seconds)
      }
      if let bytes = residentBytes() {
        exposition.add("process_resident_memory_bytes", .gauge, Double(bytes))
      }
      if let count = openFiles() {
        exposition.add("process_open_fds", .gauge, Double(count))
      }
    }
  }

  /// User and system time together.
  package static func processorSeconds() -> Double? {
    var usage = rusage()
    guard getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 else { return nil }
    return seconds(usage.ru_utime) + seconds(usage.ru_stime)
  }

  /// Resident memory, from /proc.
  package static func residentBytes() -> Int? {
    guard let file = fopen("/proc/self/statm", "r") else { return nil }
    defer { fclose(file) }
    var buffer = [CChar](repeating: 0, count: 128)
    guard fgets(&buffer, Int32(buffer.count), file) != nil else { return nil }
    let text = String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self)
    let fields = text.split(separator: " ")
    guard fields.count > 1, let pages = Int(fields[1]) else { return nil }
    return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
  }

  private static func openFiles() -> Int? {
    guard let folder = opendir("/proc/self/fd") else { return nil }
    defer { closedir(folder) }
    var count = 0
    while readdir(folder) != nil { count += 1 }
    // Less ".", ".." and the folder itself.
    return max(0, count - 3)
  }

  private static func seconds(_ time: timeval) -> Double {
    Double(time.tv_sec) + Double(time.tv_usec) / 1e6
  }
}

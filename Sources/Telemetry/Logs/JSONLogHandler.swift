import FoundationEssentials
package import Logging

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Writes each log event to standard error as one line of JSON.
package struct JSONLogHandler: LogHandler {
  /// The least level that is written.
  package var logLevel: Logger.Level
  /// What every event carries.
  package var metadata: Logger.Metadata = [:]
  private let label: String

  /// A handler for a logger of this label.
  package init(label: String, level: Logger.Level = .info) {
    self.label = label
    logLevel = level
  }

  /// One value of the metadata.
  package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  /// Writes the event; one system call, so that lines of several threads stay whole.
  package func log(event: LogEvent) {
    var line = Self.begun(label, event.level, event.message.description)
    if let error = event.error { line.add("error", "\(error)") }
    let all = event.metadata.map { metadata.merging($0) { $1 } } ?? metadata
    for (key, value) in all.sorted(by: { $0.key < $1.key }) { line.add(key, value.description) }
    let bytes = line.finished
    _ = bytes.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }

  /// An event as its line, without the end of the line; for what goes to standard output.
  package static func line(label: String, level: Logger.Level, message: String) -> String {
    String(decoding: begun(label, level, message).finished.dropLast(), as: UTF8.self)
  }

  private static func begun(_ label: String, _ level: Logger.Level, _ message: String) -> LogLine {
    var line = LogLine()
    line.add("time", time())
    line.add("level", level.rawValue)
    line.add("logger", label)
    line.add("message", message)
    return line
  }

  private static func time() -> String {
    Date().formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
  }
}

/// A JSON object on one line, as it is written.
struct LogLine {
  private var bytes: [UInt8] = [UInt8(ascii: "{")]

  mutating func add(_ name: String, _ value: String) {
    if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
    appendQuoted(name)
    bytes.append(UInt8(ascii: ":"))
    appendQuoted(value)
  }

  var finished: [UInt8] { bytes + Array("}\n".utf8) }

  private mutating func appendQuoted(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
      case UInt8(ascii: "\n"): bytes += Array("\\n".utf8)
      case 0..<0x20:
        let digits = Array("0123456789abcdef".utf8)
        bytes += Array("\\u00".utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}

/// One message to a client: a JSON object as UTF-8. Every receiver of a class shares the bytes.
package struct Frame: Sendable, Hashable {
  /// The JSON text.
  package let bytes: [UInt8]
  /// The number of the event in its room; nil for what is not durable (presence, pauses, …).
  package let seq: Int64?

  /// A message as it stands.
  package init(bytes: [UInt8], seq: Int64? = nil) {
    self.bytes = bytes
    self.seq = seq
  }
}

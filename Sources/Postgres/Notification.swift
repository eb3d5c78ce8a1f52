/// What another session said by NOTIFY.
package struct Notification: Sendable, Hashable {
  /// The channel.
  package var channel: String
  /// The text, up to 8,000 bytes.
  package var payload: String
  /// The server's process of the session that sent it.
  package var serverProcess: Int32
}

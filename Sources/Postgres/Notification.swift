/// What another session said by NOTIFY.
package struct Notification: Sendable, Hashable {
  /// The channel.
  package var channel: String
  /// The text, up to 8,000 bytes.
  package var payload: String
  /// The server's process of the session that sent it.
  package var serverProcess: Int32
}

extension PostgresConnection {
  /// Calls for each notification, in order. For LISTEN that outlives the connection use
  /// `PostgresListener`. The closure must not block.
  package func onNotification(_ handler: @escaping @Sendable (Notification) -> Void) {
    notificationHandler = handler
  }
}

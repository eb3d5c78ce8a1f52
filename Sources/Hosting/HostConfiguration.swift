/// How a node hosts.
package struct HostConfiguration: Sendable {
  /// The node's name, for people and for its own restart.
  package var name: String
  /// Where other nodes reach it: host:port.
  package var internalAddress: String
  /// Whether bots sit down.
  package var hasBots = true

  /// The usual host under this name.
  package init(name: String, internalAddress: String) {
    self.name = name
    self.internalAddress = internalAddress
  }
}

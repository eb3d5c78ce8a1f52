package import Logging
package import Tables

/// How a node hosts.
package struct HostConfiguration: Sendable {
  /// The node's name, for people and for its own restart.
  package var name: String
  /// Where other nodes reach it: host:port.
  package var internalAddress: String
  /// Whether bots sit down.
  package var hasBots = true
  /// Whether an earlier node of this name and address is known to be dead, so that its rooms can be
  /// taken before its lease ends. A server knows it once it has bound the address itself.
  package var predecessorIsDead = false
  /// Times and limits of the tables.
  package var policy = TablePolicy()
  /// How often the lease is renewed.
  package var renewalMilliseconds = 1_500
  /// How long a renewal may take.
  package var renewalTimeoutMilliseconds = 1_000
  /// How often free rooms are looked for.
  package var takeoverMilliseconds = 1_000
  /// How many rooms are read at once.
  package var loadsMax = 8
  /// How long rooms may take to finish what is under way at the end.
  package var finishMilliseconds = 5_000
  /// Where troubles are told.
  package var logger = Logger(label: "hosting")

  /// The lease that the database gives; its `lease_duration()`.
  package static let leaseMilliseconds = 5_000

  /// The usual host under this name.
  package init(name: String, internalAddress: String) {
    self.name = name
    self.internalAddress = internalAddress
  }
}

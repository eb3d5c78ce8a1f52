/// The two clocks of a room.
package struct TableClock: Sendable {
  /// Milliseconds of a clock that never jumps; for turns and delays.
  package var milliseconds: @Sendable () -> Int64
  /// Milliseconds since 1970, for identifiers.
  package var millisecondsSince1970: @Sendable () -> UInt64

  /// These clocks.
  package init(
    milliseconds: @escaping @Sendable () -> Int64,
    millisecondsSince1970: @escaping @Sendable () -> UInt64
  ) {
    self.milliseconds = milliseconds
    self.millisecondsSince1970 = millisecondsSince1970
  }
}

/// Wakes rooms.
package struct Timers: Sendable {
  /// Calls the closure once, some time after the moment (in milliseconds of `TableClock`) has come.
  /// A room looks at the clock when it is woken, so that nothing ever needs to be called off.
  package var wake:
    @Sendable (_ atMilliseconds: Int64, _ body: @escaping @Sendable () async -> Void) -> Void

  /// Timers that wake by this.
  package init(
    wake: @escaping @Sendable (Int64, @escaping @Sendable () async -> Void) -> Void
  ) {
    self.wake = wake
  }
}

/// Carries something that belongs to one queue through closures that the compiler thinks may run
/// anywhere.
///
/// Unchecked, since the compiler does not know that dispatch calls them on that queue. A dispatch
/// source may be scheduled and cancelled from anywhere.
package struct Confined<Value>: @unchecked Sendable {
  /// What is carried.
  package let value: Value

  /// Carries this.
  package init(_ value: Value) {
    self.value = value
  }
}

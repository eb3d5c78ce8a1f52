/// Carries something that belongs to one queue through closures that the compiler thinks may run
/// anywhere.
///
/// Unchecked, since the compiler does not know that dispatch calls them on that queue.
struct Confined<Value>: @unchecked Sendable {
  let value: Value

  init(_ value: Value) {
    self.value = value
  }
}

/// Which answers are expected, in which order: the protocol's side of a pipeline, without I/O.
///
/// What is sent is a row of units. A unit is a row of steps and ends in a sync; each step gets one
/// answer and an end. After the first failure the server skips the unit's other steps. A failure
/// may also come after the last step, since an implicit transaction commits at the sync. Only the
/// sync tells that the unit is done.
package struct PipelineState<Owner, Output, Failure> {
  /// One statement or what goes with it.
  package enum Step: Equatable {
    /// A statement is being prepared under this name.
    case prepare(String)
    /// A statement's rows are awaited.
    case execute
    /// A prepared statement is being dropped.
    case deallocate(String)
  }

  /// Steps up to a sync.
  package struct Unit {
    package var owner: Owner
    package var steps: [Step]
    /// The step that is being answered; after the last it is their number.
    fileprivate(set) var position = 0
    /// Answers of the `execute` steps that have succeeded so far.
    fileprivate(set) var outputs: [Output] = []
    /// The first failure, and the step that it belongs to.
    fileprivate(set) var failure: (step: Int, error: Failure)?
    fileprivate var isAnswered = false

    package init(owner: Owner, steps: [Step]) {
      (self.owner, self.steps) = (owner, steps)
    }
  }

  /// What libpq gives, in its order.
  package enum Event {
    case succeeded(Output)
    case failed(Failure)
    /// The server skipped the step, since an earlier one failed.
    case skipped
    /// No more answers for this step.
    case end
    case sync
  }

  /// What is to be done about an event.
  package enum Action {
    case wait
    case finished(Unit)
    /// The other side broke the protocol.
    case violation(String)
  }

  private var units = FIFO<Unit>()
  /// Ends in a row that moved nothing: libpq has no more to say though we expect more.
  private var idleEnds = 0

  package init() {}

  package var isEmpty: Bool { units.isEmpty }
  package var count: Int { units.count }
  package var owners: [Owner] { units.map(\.owner) }
  package var runningOwner: Owner? { units.first?.owner }

  package mutating func sent(_ unit: Unit) {
    units.append(unit)
  }

  package mutating func removeAll() -> [Unit] {
    units.removeAll()
  }

  package mutating func received(_ event: Event) -> Action {
    guard !units.isEmpty else { return .violation("the server answered what nobody asked") }
    switch event {
    case .succeeded(let output): return units.oldest.succeed(output)
    case .failed(let error): units.oldest.fail(error)
    case .skipped: units.oldest.isAnswered = true
    case .end: return end()
    case .sync: return sync()
    }
    idleEnds = 0
    return .wait
  }

  private mutating func end() -> Action {
    if units.oldest.advance() {
      idleEnds = 0
      return .wait
    }
    idleEnds += 1
    return idleEnds > 3 ? .violation("libpq lost track of the pipeline") : .wait
  }

  private mutating func sync() -> Action {
    idleEnds = 0
    guard let unit = units.first, unit.position == unit.steps.count || unit.failure != nil else {
      return .violation("the server's sync came too early")
    }
    units.popFirst()
    return .finished(unit)
  }
}

extension PipelineState.Unit {
  fileprivate mutating func succeed(_ output: Output) -> PipelineState.Action {
    guard position < steps.count else { return .violation("the server answered too much") }
    if steps[position] == .execute { outputs.append(output) }
    isAnswered = true
    return .wait
  }

  fileprivate mutating func fail(_ error: Failure) {
    if failure == nil { failure = (min(position, steps.count - 1), error) }
    isAnswered = true
  }

  /// Moves to the next step if this one has its answer.
  fileprivate mutating func advance() -> Bool {
    guard isAnswered else { return false }
    isAnswered = false
    if position < steps.count { position += 1 }
    return true
  }

  /// What became of each `execute` step. A unit does all or nothing: if one failed, the others
  /// have `aborted`.
  package func results<Value>(
    success: (Output) -> Value,
    failed: (Failure) -> Value,
    aborted: Value
  ) -> [Value] {
    guard let failure else { return outputs.map(success) }
    var owning = failure.step
    while owning < steps.count - 1, steps[owning] != .execute { owning += 1 }
    return steps.indices.filter { steps[$0] == .execute }.map { step in
      step == owning ? failed(failure.error) : aborted
    }
  }
}

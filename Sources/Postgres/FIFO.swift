/// First in, first out, without moving what is behind.
package struct FIFO<Element> {
  private var elements: [Element?] = []
  private var head = 0

  /// An empty queue.
  package init() {}

  package var count: Int { elements.count - head }
  package var isEmpty: Bool { count == 0 }
  package var first: Element? { isEmpty ? nil : elements[head] }

  /// The oldest, to be changed in place; there must be one.
  package var oldest: Element {
    get { elements[head]! }
    _modify { yield &elements[head]! }
  }

  package mutating func append(_ element: Element) {
    elements.append(element)
  }

  package mutating func prepend(_ element: Element) {
    if head > 0 {
      head -= 1
      elements[head] = element
    } else {
      elements.insert(element, at: 0)
    }
  }

  @discardableResult
  package mutating func popFirst() -> Element? {
    guard !isEmpty else { return nil }
    let element = elements[head]
    elements[head] = nil
    head += 1
    if head == elements.count {
      elements.removeAll(keepingCapacity: elements.count <= 1_024)
      head = 0
    } else if head > 1_024, head * 2 > elements.count {
      elements.removeFirst(head)
      head = 0
    }
    return element
  }

  /// Takes out the elements that match.
  package mutating func remove(where matches: (Element) -> Bool) -> [Element] {
    let all = elements[head...].compactMap { $0 }
    let removed = all.filter(matches)
    if !removed.isEmpty {
      elements = all.filter { !matches($0) }
      head = 0
    }
    return removed
  }

  package mutating func removeAll() -> [Element] {
    remove { _ in true }
  }
}

extension FIFO: Sequence {
  package func makeIterator() -> AnyIterator<Element> {
    var iterator = elements[head...].makeIterator()
    return AnyIterator { iterator.next() ?? nil }
  }
}

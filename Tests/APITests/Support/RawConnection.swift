import NIOCore
import NIOPosix

/// A TCP connection that sends and receives bytes as they are.
final class RawConnection {
  private let channel: any Channel
  private var iterator: AsyncStream<[UInt8]>.Iterator
  /// What was received and not taken yet.
  var buffer: [UInt8] = []

  private final class Collector: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    let stream: AsyncStream<[UInt8]>.Continuation

    init(_ stream: AsyncStream<[UInt8]>.Continuation) { self.stream = stream }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      stream.yield(Array(unwrapInboundIn(data).readableBytesView))
    }

    func channelInactive(context: ChannelHandlerContext) { stream.finish() }
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
      context.close(promise: nil)
    }
  }

  /// Connects to a port of this machine; one that does not read takes nothing from the network.
  init(port: Int, reads: Bool = true) async throws {
    let (stream, continuation) = AsyncStream<[UInt8]>.makeStream()
    channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .channelOption(.autoRead, value: reads)
      .channelOption(.socketOption(.so_rcvbuf), value: reads ? 1 << 20 : 4_096)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(Collector(continuation))
        }
      }
      .connect(host: "127.0.0.1", port: port).get()
    iterator = stream.makeAsyncIterator()
  }

  func send(_ bytes: [UInt8]) async throws {
    try await channel.writeAndFlush(ByteBuffer(bytes: bytes)).get()
  }

  /// Receives more; false at the end.
  func receive() async -> Bool {
    guard let bytes = await iterator.next() else { return false }
    buffer += bytes
    return true
  }

  /// Begins to read, after `reads: false`.
  func startReading() async throws {
    try await channel.setOption(.autoRead, value: true).get()
    channel.read()
  }

  func close() async { try? await channel.close().get() }
}

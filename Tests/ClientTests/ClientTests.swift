import Client
import NIOCore
import NIOPosix
import Testing

@Suite("A client of a server")
struct ClientTests {
  @Test("says that nobody answers, in words")
  func nobody() async throws {
    let address = try ServerAddress("http://127.0.0.1:1")
    let client = try APIClient(address)
    let failure = await #expect(throws: ClientFailure.self) {
      try await client.send(APIRequest("GET", "/health/live"))
    }
    await client.shutdown()
    #expect(failure.map { "\($0)" } == "Connection refused")
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    let socket = await #expect(throws: ClientFailure.self) {
      try await WebSocketClient(address).open(path: "/v1/socket", on: loop, Inbox(on: loop))
    }
    #expect(socket.map { "\($0)" } == "Connection refused")
  }

  @Test("refuses a file that holds no certificates")
  func certificates() throws {
    for path in ["/nowhere", "/etc/hostname"] {
      let failure = #expect(throws: ClientFailure.self) {
        try APIClient(ServerAddress("https://127.0.0.1:1"), certificates: path)
      }
      #expect(failure.map { "\($0)" }?.contains("certificates in PEM") == true)
    }
  }

  @Test("hears of an upgrade that is refused, with its status")
  func refused() async throws {
    let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(Refuser())
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    let port = try #require(server.localAddress?.port)
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    let client = try WebSocketClient(ServerAddress("http://127.0.0.1:\(port)"))
    let failure = await #expect(throws: ClientFailure.self) {
      try await client.open(path: "/v1/socket", on: loop, Inbox(on: loop))
    }
    #expect(failure == .upgradeRefused(status: 429))
    try await server.close()
  }

  @Test("waits no longer for a message than it says")
  func patience() async {
    let inbox = Inbox(on: MultiThreadedEventLoopGroup.singleton.next())
    let nothing = await inbox.next(withinMilliseconds: 50)
    #expect(nothing.map { "\($0)" } == nil)
    inbox.ended(.closed(code: 1012))
    let item = await inbox.next(withinMilliseconds: 5_000)
    guard case .ended(.closed(code: 1012)) = item else {
      Issue.record("the end was not told: \(String(describing: item))")
      return
    }
    #expect(!inbox.send("too late"))
  }
}

/// Says "429" to whatever is asked.
private final class Refuser: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let answer = "HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\n\r\n"
    context.writeAndFlush(
      wrapOutboundOut(context.channel.allocator.buffer(string: answer)), promise: nil)
  }
}

/** The server's side of RFC 6455, as little of it as page tests need. */
import { createHash } from 'node:crypto';

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** Answers an upgrade; gives `{send, close, destroy, onmessage, onclose}`. */
export function acceptSocket(request, stream) {
  const accept = createHash('sha1').update(request.headers['sec-websocket-key'] + GUID)
    .digest('base64');
  stream.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n'
    + `Connection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`);
  const socket = {
    onmessage: () => {}, onclose: () => {}, isOpen: true,
    send(message) {
      if (socket.isOpen) stream.write(frame(1, Buffer.from(JSON.stringify(message))));
    },
    close(code = 1000) {
      const body = Buffer.alloc(2);
      body.writeUInt16BE(code);
      stream.end(frame(8, body));
    },
    destroy: () => stream.destroy(),
  };
  let buffered = Buffer.alloc(0);
  stream.on('data', (chunk) => {
    buffered = read(Buffer.concat([buffered, chunk]), socket, stream);
  });
  stream.on('error', () => {});
  stream.on('close', () => {
    socket.isOpen = false;
    socket.onclose();
  });
  return socket;
}

function frame(opcode, payload) {
  const length = payload.length;
  const head = length < 126 ? Buffer.from([0x80 | opcode, length])
    : length < 65_536 ? Buffer.from([0x80 | opcode, 126, length >> 8, length & 255])
      : Buffer.concat([Buffer.from([0x80 | opcode, 127, 0, 0, 0, 0]), uint32(length)]);
  return Buffer.concat([head, payload]);
}

function uint32(value) {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** Takes whole frames off the front; returns what is left. */
function read(bytes, socket, stream) {
  for (;;) {
    if (bytes.length < 6) return bytes;
    let length = bytes[1] & 127;
    let at = 2;
    if (length === 126) {
      length = bytes.readUInt16BE(2);
      at = 4;
    }
    if (bytes.length < at + 4 + length) return bytes;
    const mask = bytes.subarray(at, at + 4);
    const payload = Buffer.from(bytes.subarray(at + 4, at + 4 + length));
    for (let i = 0; i < length; i += 1) payload[i] ^= mask[i & 3];
    const opcode = bytes[0] & 15;
    if (opcode === 1) socket.onmessage(JSON.parse(payload.toString()));
    if (opcode === 8) stream.end(frame(8, payload.subarray(0, 2)));
    if (opcode === 9) stream.write(frame(10, payload));
    bytes = bytes.subarray(at + 4 + length);
  }
}

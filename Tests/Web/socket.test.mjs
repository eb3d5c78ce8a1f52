import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LIMITS } from '../../web/client/higgs-client.js';
import { clientInRoom, FakeSocket, GRANT, number, settle, signedInClient } from './support.mjs';

const welcome = (socket) => {
  socket.open();
  socket.tell({ type: 'welcome', protocol: 1, player: GRANT.player });
};
const TURN = { hand: 'h1', move: 4 };

/** Collects what a client tells of a kind. */
const heard = (client, type) => {
  const events = [];
  client.on(type, (event) => events.push(event));
  return events;
};

/** Lets the wait before the next connection pass. */
const reconnect = async (clock) => {
  await clock.pass(LIMITS.backoffMaxMs);
  return FakeSocket.last;
};

describe('Connecting', () => {
  it('says hello first, with the token in the message and never in the address', async () => {
    await clientInRoom(7);
    const [hello] = FakeSocket.last.sent;
    assert.equal(FakeSocket.last.url, 'ws://higgs.test/v1/socket');
    assert.equal(hello.type, 'hello');
    assert.equal(hello.token, 'access-1');
    assert.equal(hello.protocol, 1);
    assert.deepEqual(hello.rooms, [{ id: 7 }]);
  });

  it('comes back by itself and names the last event of each room', async () => {
    const { clock } = await clientInRoom(7);
    FakeSocket.last.tell({ type: 'seat.leaving', room: 7, seq: number(2), seat: 1 });
    FakeSocket.last.lose();
    const socket = await reconnect(clock);
    socket.open();
    assert.equal(FakeSocket.all.length, 2);
    assert.deepEqual(socket.sent[0].rooms, [{ id: 7, seq: number(2) }]);
  });

  it('waits longer after each failure, up to a limit, spread by chance', async () => {
    const { client, clock } = signedInClient();
    const waits = heard(client, 'status');
    client.connect();
    for (let i = 0; i < 9; i += 1) {
      await settle();
      FakeSocket.last.lose();
      await clock.pass(LIMITS.backoffMaxMs);
    }
    const delays = waits.filter(({ status }) => status === 'waiting').map((each) => each.retryInMs);
    assert.deepEqual(delays.slice(0, 4), [300, 600, 1200, 2400]);
    assert.equal(Math.max(...delays), LIMITS.backoffMaxMs);
  });

  it('begins with short waits again once it was welcome', async () => {
    const { client, clock } = await clientInRoom();
    const waits = heard(client, 'status');
    FakeSocket.last.lose();
    const socket = await reconnect(clock);
    welcome(socket);
    socket.lose();
    const delays = waits.filter(({ status }) => status === 'waiting').map((each) => each.retryInMs);
    assert.deepEqual(delays, [300, 300]);
  });

  it('takes silence for a loss', async () => {
    const { client, clock } = await clientInRoom();
    await clock.pass(LIMITS.pingEveryMs);
    assert.equal(FakeSocket.last.of('ping').length, 1);
    await clock.pass(LIMITS.silenceMs + LIMITS.pingEveryMs);
    assert.equal(FakeSocket.all[0].readyState, 3);
    assert.notEqual(client.status, 'online');
  });

  it('gives up on a connection that never opens, and tries another', async () => {
    const { client, clock } = signedInClient();
    client.connect();
    await settle();
    await clock.pass(LIMITS.connectTimeoutMs + LIMITS.backoffMaxMs);
    assert.equal(FakeSocket.all.length, 2);
  });

  it('gets a new token where the old one is refused', async () => {
    const fresh = { access_token: 'access-2', refresh_token: 'refresh-2', expires_in: 900 };
    const { client, clock, calls } = signedInClient({ 'POST /v1/auth/refresh': [200, fresh] });
    client.connect();
    await settle();
    welcome(FakeSocket.last);
    FakeSocket.last.lose(4401);
    const socket = await reconnect(clock);
    socket.open();
    assert.equal(calls.length, 1);
    assert.equal(socket.sent[0].token, 'access-2');
  });

  it('renews the token on the same socket before it ends', async () => {
    const fresh = { access_token: 'access-2', refresh_token: 'refresh-2', expires_in: 900 };
    const { client, clock } = signedInClient({ 'POST /v1/auth/refresh': [200, fresh] });
    client.connect();
    await settle();
    welcome(FakeSocket.last);
    for (let passed = 0; passed < 860_000; passed += 5_000) {
      FakeSocket.last.tell({ type: 'pong' });
      await clock.pass(5_000);
    }
    assert.equal(FakeSocket.all.length, 1);
    assert.deepEqual(FakeSocket.last.of('token'), [{ type: 'token', token: 'access-2' }]);
  });

  it('stops where the server says that this client is too old', async () => {
    const { client, clock } = await clientInRoom();
    FakeSocket.last.lose(4426);
    await clock.pass(60_000);
    assert.equal(FakeSocket.all.length, 1);
    assert.equal(client.status, 'closed');
  });

  it('ends when told to, and refuses what is still open', async () => {
    const { client, clock } = await clientInRoom();
    const move = client.place(7, TURN, '2-5', 'left');
    client.close();
    await assert.rejects(move, { code: 'closed' });
    await clock.pass(60_000);
    assert.equal(FakeSocket.all.length, 1);
    assert.equal(FakeSocket.last.closedWith, 1000);
  });

  it('goes with the network where the browser tells of it', async () => {
    const network = new EventTarget();
    const { client } = signedInClient({}, { network });
    client.connect();
    await settle();
    welcome(FakeSocket.last);
    network.dispatchEvent(new Event('offline'));
    assert.equal(client.status, 'waiting');
    network.dispatchEvent(new Event('online'));
    await settle();
    assert.equal(FakeSocket.all.length, 2);
  });

  it('follows a room that moved', async () => {
    const { clock } = await clientInRoom();
    FakeSocket.last.tell({ type: 'moved', room: 7 });
    await clock.pass(600);
    assert.equal(FakeSocket.all.length, 2);
  });
});

describe('Numbered events', () => {
  it('come once each and in order', async () => {
    const { client } = await clientInRoom(7);
    const events = heard(client, 'seat.leaving');
    for (const n of [2, 3, 3, 2, 4]) {
      FakeSocket.last.tell({ type: 'seat.leaving', room: 7, seq: number(n), seat: n });
    }
    assert.deepEqual(events.map(({ seat }) => seat), [2, 3, 4]);
  });

  it('are asked for again after a gap, from the last one that came', async () => {
    const { client } = await clientInRoom(7);
    const events = heard(client, 'trustee');
    const gaps = heard(client, 'gap');
    const tell = (n) => FakeSocket.last.tell({ type: 'trustee', room: 7, seq: number(n), seat: n, on: true });
    tell(4);
    tell(5);
    assert.deepEqual(FakeSocket.last.of('watch'), [{ type: 'watch', room: 7, seq: number(1) }]);
    [2, 3, 4, 5].forEach(tell);
    assert.deepEqual(events.map(({ seat }) => seat), [2, 3, 4, 5]);
    assert.equal(gaps.length, 1);
  });

  it('lead to a snapshot where the missed ones do not come', async () => {
    const { client, clock } = await clientInRoom(7);
    const snapshots = heard(client, 'snapshot');
    FakeSocket.last.tell({ type: 'trustee', room: 7, seq: number(9), seat: 0, on: true });
    await clock.pass(LIMITS.resyncTimeoutMs);
    assert.deepEqual(FakeSocket.last.of('watch').at(-1), { type: 'watch', room: 7 });
    FakeSocket.last.tell({ type: 'snapshot', room: 7, seq: number(12), state: {} });
    assert.equal(snapshots.length, 1);
  });

  it('of another fence are not taken without a snapshot', async () => {
    const { client } = await clientInRoom(7);
    const events = heard(client, 'trustee');
    FakeSocket.last.tell({ type: 'trustee', room: 7, seq: number(1, 4), seat: 0, on: true });
    assert.deepEqual(FakeSocket.last.of('watch'), [{ type: 'watch', room: 7 }]);
    FakeSocket.last.tell({ type: 'snapshot', room: 7, seq: number(1, 4), state: {} });
    FakeSocket.last.tell({ type: 'trustee', room: 7, seq: number(2, 4), seat: 1, on: true });
    assert.deepEqual(events.map(({ seat }) => seat), [1]);
  });

  it('of a room that is no longer followed are dropped', async () => {
    const { client } = await clientInRoom(7);
    const events = heard(client, 'frame');
    client.unwatch(7);
    FakeSocket.last.tell({ type: 'trustee', room: 7, seq: number(2), seat: 1, on: true });
    assert.equal(events.length, 0);
  });

  it('without a number always come', async () => {
    const { client } = await clientInRoom(7);
    const events = heard(client, 'presence');
    FakeSocket.last.tell({ type: 'presence', room: 7, seat: 1, online: false });
    FakeSocket.last.tell({ type: 'presence', room: 7, seat: 1, online: true });
    assert.equal(events.length, 2);
  });
});

describe('Commands', () => {
  it('are kept with the answer that carries their ref', async () => {
    const { client } = await clientInRoom(7);
    const move = client.place(7, { ...TURN, seat: 2 }, '2-5', 'left');
    const [sent] = FakeSocket.last.of('place');
    assert.deepEqual({ ...sent, ref: '' }, { type: 'place', ref: '', room: 7, turn: TURN, tile: '2-5', end: 'left' });
    FakeSocket.last.tell({ type: 'done', ref: sent.ref, room: 7, seq: number(9) });
    assert.equal((await move).seq, number(9));
  });

  it('are broken with the refusal', async () => {
    const { client } = await clientInRoom(7);
    const move = client.place(7, TURN, '2-5', 'left');
    const [{ ref }] = FakeSocket.last.of('place');
    FakeSocket.last.tell({ type: 'error', ref, room: 7, code: 'wrong_turn', message: 'The turn has passed.' });
    await assert.rejects(move, { code: 'wrong_turn', detail: 'The turn has passed.' });
  });

  it('are sent again with the same ref until they are answered, and not after', async () => {
    const { client, clock } = await clientInRoom(7);
    const move = client.place(7, TURN, '2-5', 'left');
    const [first] = FakeSocket.last.of('place');
    FakeSocket.last.lose();
    let socket = await reconnect(clock);
    welcome(socket);
    assert.deepEqual(socket.of('place'), [first]);
    socket.tell({ type: 'done', ref: first.ref, room: 7 });
    await move;
    socket.lose();
    socket = await reconnect(clock);
    welcome(socket);
    assert.equal(socket.of('place').length, 0);
  });

  it('wait for the connection, in order', async () => {
    const { client } = signedInClient();
    client.stand(7).catch(() => {});
    client.back(7).catch(() => {});
    client.connect();
    await settle();
    assert.equal(FakeSocket.last.sent.length, 0);
    welcome(FakeSocket.last);
    assert.deepEqual(FakeSocket.last.sent.map(({ type }) => type), ['hello', 'stand', 'back']);
  });

  it('stay open where the room moved, and go to its new host', async () => {
    const { client, clock } = await clientInRoom(7);
    const move = client.place(7, TURN, '2-5', 'left');
    const [{ ref }] = FakeSocket.last.of('place');
    FakeSocket.last.tell({ type: 'error', ref, room: 7, code: 'moved', message: '' });
    await clock.pass(600);
    welcome(FakeSocket.last);
    assert.equal(FakeSocket.last.of('place')[0].ref, ref);
    FakeSocket.last.tell({ type: 'done', ref, room: 7 });
    await move;
  });

  it('carry an id that is the same when they are sent again', async () => {
    const { client, clock } = await clientInRoom(7);
    client.sit(7, { seat: 2, buyIn: 5000 }).catch(() => {});
    const [first] = FakeSocket.last.of('sit');
    assert.match(first.id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    FakeSocket.last.lose();
    const socket = await reconnect(clock);
    welcome(socket);
    assert.deepEqual(socket.of('sit'), [first]);
  });

  it('that pass with the moment are refused without a connection', async () => {
    const { client } = signedInClient();
    await assert.rejects(client.emote(7, 'halo'), { code: 'offline' });
  });

  it('are limited in number', async () => {
    const { client } = signedInClient();
    for (let i = 0; i < LIMITS.pendingCommands; i += 1) client.back(7).catch(() => {});
    await assert.rejects(client.back(7), { code: 'busy' });
  });
});

describe('A promised seat', () => {
  const SNAPSHOT = { buy_in_min: 2000, you: null, seats: [] };
  const promised = async () => {
    const made = await clientInRoom(7);
    const sitting = made.client.sit(7, { seat: 2, buyIn: 5000 });
    const [{ ref, id }] = FakeSocket.last.of('sit');
    FakeSocket.last.tell({ type: 'done', ref, room: 7, seat: 2, session: id, is_waiting: true });
    assert.equal((await sitting).is_waiting, true);
    return { ...made, id };
  };
  const backAgain = async (clock, state) => {
    FakeSocket.last.lose();
    const socket = await reconnect(clock);
    welcome(socket);
    socket.tell({ type: 'snapshot', room: 7, seq: 2 ** 33, state: { ...SNAPSHOT, ...state } });
    return socket;
  };

  it('that the server has forgotten is wished again, with the same id', async () => {
    const { clock, id } = await promised();
    const socket = await backAgain(clock, {});
    assert.deepEqual(socket.of('sit').map((each) => [each.id, each.buy_in]), [[id, 5000]]);
  });

  it('that it remembers is waited for', async () => {
    const { clock } = await promised();
    const socket = await backAgain(clock, { seats: [{ seat: 2, promised_to: 'p1' }] });
    assert.deepEqual(socket.of('sit'), []);
  });

  it('that was had, or given up, is not wished again', async () => {
    for (const end of [
      { type: 'seat.taken', seat: 2, player: { id: 'p1' } },
      { type: 'seat.promised', seat: 2, to: null }]) {
      const { clock } = await promised();
      FakeSocket.last.tell({ room: 7, seq: number(2), ...end });
      const socket = await backAgain(clock, {});
      assert.deepEqual(socket.of('sit'), []);
    }
  });

  it('of a quick seat is kept in mind, too', async () => {
    const answer = { room: 7, seat: 1, session: 's-1', seq: 1, is_waiting: true };
    const { client, clock } = signedInClient({ 'POST /v1/quick-seat': [201, answer] });
    await client.quickSeat({ stake: 'warung' });
    client.watch(7);
    client.connect();
    await settle();
    welcome(FakeSocket.last);
    FakeSocket.last.tell({ type: 'snapshot', room: 7, seq: number(1), state: SNAPSHOT });
    assert.deepEqual(FakeSocket.last.of('sit').map((each) => each.id), ['s-1']);
    assert.equal(FakeSocket.last.of('sit')[0].buy_in, 2000);
    assert.ok(clock);
  });
});

describe('A private room', () => {
  it('is asked for with its code, also after a break', async () => {
    const { client, clock } = await clientInRoom(7);
    client.watch(9, { joinCode: 'WARUNG77' });
    assert.deepEqual(FakeSocket.last.of('watch').at(-1), { type: 'watch', room: 9, join_code: 'WARUNG77' });
    FakeSocket.last.lose();
    const socket = await reconnect(clock);
    socket.open();
    assert.deepEqual(socket.sent[0].rooms.at(-1), { id: 9, join_code: 'WARUNG77' });
  });
});

/** The HTTP calls of the fake server, and a few of its own under /test to make things go wrong. */
import { randomUUID } from 'node:crypto';
import { tilesBySeat, tileText } from '../../../web/client/fair.js';
import { STAKES } from './world.mjs';

const problem = (status, code, detail = code) =>
  [status, { type: 'about:blank', title: code, status, code, detail }];

/** @returns {[number, any]} status and body */
export function routes(method, path, call) {
  const { body, world, player } = call;
  if (path.startsWith('/test/')) return testRoutes(path, call);
  if (path === '/v1/auth/guest') {
    const made = world.newPlayer(body.display_name || `Tamu ${100 + world.players.size}`);
    const guest_secret = randomUUID();
    world.secrets.set(guest_secret, made);
    return [201, { ...world.tokensFor(made), guest_secret }];
  }
  if (path === '/v1/auth/guest/sign-in') {
    const known = world.secrets.get(body.guest_secret);
    return known ? [200, world.tokensFor(known)] : problem(401, 'unauthenticated');
  }
  if (path === '/v1/auth/refresh') {
    const known = world.tokens.get(body.refresh_token);
    world.tokens.delete(body.refresh_token);
    return known ? [200, world.tokensFor(known)] : problem(401, 'unauthenticated');
  }
  if (!player) return problem(401, 'unauthenticated');
  return playerRoutes(method, path, call);
}

function playerRoutes(method, path, call) {
  const { body, world, player, query } = call;
  const account = world.players.get(player.id);
  if (path === '/v1/session') return [method === 'DELETE' ? 204 : 200, method === 'DELETE' ? null : {}];
  if (path === '/v1/me') {
    if (method === 'PATCH') {
      Object.assign(player, body.display_name && { name: body.display_name },
        body.avatar && { avatar: body.avatar });
    }
    const seats = [...world.rooms.values()].filter((room) => room.seatOf(player) !== undefined)
      .map((room) => ({ room: room.id, seat: room.seatOf(player) }));
    return [200, method === 'PATCH' ? { player } : { player, seats }];
  }
  if (path === '/v1/games') return [200, { items: [{ id: 'gaple', name: 'Gaple', seats_min: 2, seats_max: 4 }] }];
  if (path === '/v1/stakes') return [200, { items: STAKES.map((stake) => stakeOf(world, stake)) }];
  if (path === '/v1/rooms' && method === 'POST') {
    return [201, { room: world.openRoom(STAKES.find(({ id }) => id === body.stake)).id }];
  }
  if (path === '/v1/rooms') return [200, { items: roomsOf(world, query.get('stake')), next_cursor: null }];
  if (path === '/v1/quick-seat') return quickSeat(call);
  if (path === '/v1/wallets') return [200, { items: [{ currency: 'COINS', balance: account.balance }] }];
  if (path === '/v1/wallets/COINS/transactions') return [200, { items: account.transactions, next_cursor: null }];
  if (path === '/v1/hands') return [200, { items: handsOf(world, player), next_cursor: null }];
  const room = path.match(/^\/v1\/rooms\/(\d+)(\/bots)?$/);
  if (room) {
    const found = world.rooms.get(Number(room[1]));
    if (!found) return problem(404, 'room_not_found');
    if (room[2]) world.addBots(found, body.count);
    return [room[2] ? 201 : 200, roomOf(found)];
  }
  const hand = path.match(/^\/v1\/hands\/([0-9a-f-]+)(\/replay)?$/);
  if (hand) return replayOf(world, hand[1]);
  return problem(404, 'not_found');
}

function stakeOf(world, stake) {
  const rooms = [...world.rooms.values()].filter((room) => room.stake.id === stake.id);
  return {
    ...stake, tables: rooms.length, players: rooms.reduce((sum, room) => sum + room.seats.size, 0),
  };
}

const roomOf = (room) => ({
  id: room.id, name: room.stake.name, game: 'gaple', stake: room.stake.id, currency: 'COINS',
  base_bet: room.stake.base_bet, buy_in_min: room.stake.buy_in_min,
  buy_in_max: room.stake.buy_in_max, seats: 4,
  seats_taken: room.seats.size, is_playing: Boolean(room.hand), status: 'open',
});

const roomsOf = (world, stake) => [...world.rooms.values()]
  .filter((room) => !stake || room.stake.id === stake).map(roomOf);

function quickSeat({ world, player, body, key }) {
  if (world.answers.has(key)) return [200, world.answers.get(key)];
  const stake = STAKES.find((each) => each.id === body.stake) ?? STAKES[0];
  const buyIn = body.buy_in ?? stake.buy_in_min;
  if (world.players.get(player.id).balance < buyIn) return problem(409, 'insufficient_funds');
  const room = [...world.rooms.values()].find((each) => each.stake.id === stake.id
    && (each.seatOf(player) !== undefined || each.seats.size < 4)) ?? world.openRoom(stake);
  let seat = room.seatOf(player);
  if (seat === undefined) {
    world.move(player, -buyIn, 'buy_in');
    seat = room.sit(player, { buyIn, session: randomUUID() });
    world.addBots(room);
  }
  const answer = { room: room.id, seat, session: room.seats.get(seat).session, seq: room.seq };
  if (key) world.answers.set(key, answer);
  return [200, answer];
}

function handsOf(world, player) {
  return world.hands.filter(({ seats }) => seats.some((s) => s.player.id === player.id))
    .map((hand) => {
      const { seat } = hand.seats.find((s) => s.player.id === player.id);
      return {
        id: hand.id, number: hand.number, room: hand.room, room_name: hand.room_name, game: 'gaple',
        base_bet: hand.base_bet, ended_at: hand.ended_at, seat, status: 'settled',
        net: hand.result.net.find((n) => n.seat === seat).net,
      };
    });
}

function replayOf(world, id) {
  const hand = world.hands.find((each) => each.id === id);
  if (!hand) return problem(404, 'hand_not_found');
  const stack = new Map(hand.start);
  const { reveal, tiles, net, blocked, ...result } = hand.result;
  return [200, {
    hand: {
      id, number: hand.number, room: hand.room, game: 'gaple', base_bet: hand.base_bet,
      rake_terms: { basis_points: 250, cap: 5000 }, status: 'settled', commit: reveal.commit,
      ended_at: hand.ended_at,
      seats: hand.seats.map(({ seat, player }, i) => ({
        seat, player, stack: stack.get(seat), client_seed: reveal.client_seeds[i],
        net: net.find((each) => each.seat === seat).net,
        rake: net.find((each) => each.seat === seat).rake,
      })),
      result: {
        winner: result.winner, reason: blocked ? 'blocked' : 'out', last_tile: result.last_tile,
        multiplier: result.multiplier, left: tiles, payments: result.payments,
      },
    },
    deal: reveal,
    dealt: [...tilesBySeat(reveal.deck, hand.seats.map(({ seat }) => seat))]
      .map(([seat, ids]) => ({ seat, tiles: ids.map(tileText) })),
    moves: hand.moves.map(({ paid, ...move }) => move),
  }];
}

function testRoutes(path, { world, body }) {
  if (path === '/test/drop') for (const socket of world.sockets) socket.destroy();
  if (path === '/test/close') for (const socket of world.sockets) socket.close(body.code ?? 1012);
  if (path === '/test/tell') world.rooms.get(body.room).tell(body.frame);
  if (path === '/test/bots') world.addBots(world.openRoom(STAKES[body.stake ?? 0]), body.count ?? 4);
  return [200, {}];
}

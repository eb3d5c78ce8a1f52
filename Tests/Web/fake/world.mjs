/** Who is there: players, tokens, rooms, sockets and what sockets may say. */
import { randomUUID } from 'node:crypto';
import { Room } from './room.mjs';

const BOTS = ['Sari', 'Wayan', 'Pak Budi', 'Maya', 'Dewi', 'Agus'];
const FACES = ['sari', 'wayan', 'budi', 'maya', 'dewi', null];

export const STAKES = [
  ['Dasar', 100], ['Biasa', 500], ['Sedang', 1000], ['Tinggi', 10_000], ['Luxury', 100_000],
].map(([name, base], i) => ({
  id: `gaple-${i + 1}`, game: 'gaple', name, base_bet: base, buy_in_min: base * 20,
  buy_in_max: base * 200, currency: 'COINS', seats: 4, vip_level_min: 0,
  rake: { basis_points: 250, cap: 5000 },
}));

export class World {
  constructor(pace) {
    Object.assign(this, {
      pace, players: new Map(), tokens: new Map(), secrets: new Map(), rooms: new Map(),
      sockets: new Set(), hands: [], timers: new Set(), answers: new Map(), bots: 0,
    });
  }

  later(action, delay) {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      action();
    }, delay);
    this.timers.add(timer);
  }

  stop() { for (const timer of this.timers) clearTimeout(timer); }

  // ---- Players -----------------------------------------------------------------------------

  newPlayer(name, balance = 50_000, more = {}) {
    const player = { id: randomUUID(), name, avatar: null, is_guest: true, level: 1, ...more };
    this.players.set(player.id, { player, balance, transactions: [] });
    if (balance) this.record(player, balance, 'welcome_grant');
    return player;
  }

  record(player, amount, kind) {
    const account = this.players.get(player.id);
    account.transactions.unshift({
      id: randomUUID(), kind, amount, balance_after: account.balance,
      posted_at: new Date().toISOString(),
    });
  }

  move(player, amount, kind) {
    const account = this.players.get(player.id);
    account.balance += amount;
    this.record(player, amount, kind);
    for (const socket of this.sockets) {
      if (socket.player?.id === player.id) {
        socket.send({ type: 'wallet', currency: 'COINS', balance: account.balance });
      }
    }
  }

  tokensFor(player) {
    const access_token = randomUUID();
    const refresh_token = randomUUID();
    this.tokens.set(access_token, player);
    this.tokens.set(refresh_token, player);
    return { player, access_token, refresh_token, expires_in: 900 };
  }

  playerOf(token) { return this.tokens.get(token); }

  // ---- Rooms -------------------------------------------------------------------------------

  openRoom(stake) {
    const room = new Room({
      id: 101 + this.rooms.size, stake, pace: this.pace,
      hooks: {
        later: (action, delay) => this.later(action, delay),
        paid: (player, amount, kind) => this.move(player, amount, kind),
        finished: (of, hand) => this.finished(of, hand),
      },
    });
    this.rooms.set(room.id, room);
    return room;
  }

  addBots(room, count = 4) {
    for (let i = 0; i < count && room.seats.size < 4; i += 1, this.bots += 1) {
      const name = BOTS[this.bots % BOTS.length];
      const more = { is_bot: true, is_guest: false, avatar: FACES[this.bots % FACES.length] };
      const bot = this.newPlayer(name, 0, { ...more, level: 1 + (this.bots % 9) });
      room.sit(bot, { buyIn: room.stake.buy_in_min * 2, session: randomUUID() });
    }
  }

  finished(room, hand) {
    this.hands.unshift({
      id: room.handID, number: room.number, room: room.id, room_name: room.stake.name,
      base_bet: room.stake.base_bet, started_at: room.startedAt, ended_at: new Date().toISOString(),
      result: room.last, start: [...hand.start], moves: hand.moves,
      seats: hand.seats.map((seat) => ({ seat, player: room.seats.get(seat).player })),
    });
  }

  // ---- Sockets -----------------------------------------------------------------------------

  connected(socket) {
    this.sockets.add(socket);
    socket.onmessage = (message) => this.heard(socket, message);
    socket.onclose = () => {
      this.sockets.delete(socket);
      for (const room of this.rooms.values()) {
        if (!room.watchers.delete(socket)) continue;
        this.presence(room, socket.player, false);
      }
    };
  }

  presence(room, player, online) {
    const seat = room.seatOf(player);
    if (seat === undefined) return;
    room.seats.get(seat).online = online;
    room.tell({ type: 'presence', seat, online });
  }

  heard(socket, message) {
    const { type, ref } = message;
    if (type === 'hello') return this.hello(socket, message);
    if (type === 'ping') return socket.send({ type: 'pong', ref });
    const room = this.rooms.get(message.room);
    if (type === 'token') return undefined;
    if (!room) return socket.send({ type: 'error', ref, code: 'room_not_found', message: 'no such room' });
    if (type === 'watch') return this.watch(socket, room, message.seq);
    if (type === 'unwatch') return room.watchers.delete(socket);
    const first = this.answers.get(ref);
    if (first) return socket.send(first);
    const outcome = this.command(socket.player, room, message);
    const reply = { ref, room: room.id, ...outcome };
    if (ref) this.answers.set(ref, reply);
    return socket.send(reply);
  }

  hello(socket, { token, rooms = [] }) {
    socket.player = this.tokens.get(token);
    if (!socket.player) return socket.close(4401);
    socket.send({
      type: 'welcome', protocol: 1, player: socket.player, session_expires_in_ms: 900_000,
      limits: {},
    });
    for (const { id, seq } of rooms) {
      if (this.rooms.has(id)) this.watch(socket, this.rooms.get(id), seq);
    }
    return undefined;
  }

  watch(socket, room, seq) {
    room.watch(socket, seq);
    this.presence(room, socket.player, true);
  }

  command(player, room, message) {
    const refuse = (code) => ({ type: 'error', code, message: code });
    const seat = room.seatOf(player);
    const done = (more = {}) => ({ type: 'done', seq: room.seq, ...more });
    switch (message.type) {
    case 'sit': {
      if (seat !== undefined) return refuse('already_seated');
      if (this.players.get(player.id).balance < message.buy_in) return refuse('insufficient_funds');
      this.move(player, -message.buy_in, 'buy_in');
      const taken = room.sit(player, { seat: message.seat, buyIn: message.buy_in, session: message.id });
      return done({ seat: taken });
    }
    case 'stand': room.stand(player); return done();
    case 'emote': room.tell({ type: 'emote', seat, emote: message.emote }); return done();
    case 'client_seed': room.seeds.set(seat, message.seed); return done();
    case 'top_up':
      this.move(player, -message.amount, 'top_up');
      room.seats.get(seat).stack += message.amount;
      room.publish([{ type: 'seat.topped_up', seat, amount: message.amount,
        stack: room.seats.get(seat).stack }], { turn: false });
      return done();
    case 'back':
      room.seats.get(seat).trustee = false;
      room.publish([{ type: 'trustee', seat, on: false }], { turn: false });
      return done();
    case 'place': return this.placed(room, seat, message) ?? done();
    default: return refuse('bad_message');
    }
  }

  placed(room, seat, { turn, tile, end, ref }) {
    const refuse = (code) => ({ type: 'error', code, message: code });
    const { hand } = room;
    if (!hand || hand.turn !== seat) return refuse('not_your_turn');
    if (turn.hand !== room.handID || turn.move !== hand.move) return refuse('wrong_turn');
    const legal = hand.legal(seat).find((each) => each.tile === tile);
    if (!legal?.ends.includes(end)) return refuse('not_legal');
    room.place(tile, end, 'player', ref);
    return null;
  }
}

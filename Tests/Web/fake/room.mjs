/** One table of the fake server: seats, hands, events with numbers. No money is kept for real. */
import { randomBytes, randomUUID, createHash } from 'node:crypto';
import { Gaple } from './gaple.mjs';

const FENCE = 7;
const TURN_MS = 15_000;

export class Room {
  constructor({ id, stake, pace, hooks }) {
    Object.assign(this, {
      id, stake, pace, hooks, seats: new Map(), watchers: new Set(), events: [], n: 0,
      number: 0, hand: null, deal: null, last: null, opener: undefined, leaving: new Set(),
      refs: new Map(), seeds: new Map(), paused: false,
    });
  }

  get seq() { return FENCE * 2 ** 32 + this.n; }
  seatOf(player) { return [...this.seats].find(([, s]) => s.player.id === player?.id)?.[0]; }

  // ---- Sending -----------------------------------------------------------------------------

  publish(events, { turn = true } = {}) {
    events.forEach((event, i) => {
      this.n += 1;
      const whole = { ...event, room: this.id, seq: this.seq };
      if ('turn' in event || turn) whole.turn = turn && i === events.length - 1 ? this.turn() : null;
      this.events.push(whole);
      for (const watcher of this.watchers) watcher.send(this.shownTo(watcher.player, whole));
    });
  }

  tell(frame) { for (const watcher of this.watchers) watcher.send({ room: this.id, ...frame }); }

  turn() {
    if (!this.hand || this.hand.over) return null;
    const { turn: seat, move } = this.hand;
    return {
      hand: this.handID, move, seat, legal: this.hand.legal(seat),
      remaining_ms: Math.max(0, this.turnEnds - Date.now()), time_bank_ms: 30_000,
    };
  }

  shownTo(player, event) {
    const mine = this.seatOf(player);
    const { tiles, ...shown } = event.type === 'hand.started' ? event : { ...event, tiles: null };
    if (event.type !== 'hand.started') Object.assign(shown, event.tiles && { tiles: event.tiles });
    if (tiles && mine !== undefined) shown.your_tiles = tiles.get(mine);
    if (shown.turn && shown.turn.seat !== mine) {
      shown.turn = { ...shown.turn };
      delete shown.turn.legal;
    }
    return shown;
  }

  snapshot(player) {
    const mine = this.seatOf(player);
    const { hand } = this;
    const turn = this.turn();
    if (turn && turn.seat !== mine) delete turn.legal;
    return {
      type: 'snapshot', room: this.id, seq: this.seq,
      state: {
        id: this.id, name: this.stake.name, game: 'gaple', currency: 'COINS',
        base_bet: this.stake.base_bet, buy_in_min: this.stake.buy_in_min,
        buy_in_max: this.stake.buy_in_max, seats_max: 4, options: {},
        rake: { basis_points: 250, cap: 5000 },
        you: mine === undefined ? null
          : { seat: mine, session: this.seats.get(mine).session, stack: this.stack(mine) },
        spectators: [...this.watchers].filter((w) => this.seatOf(w.player) === undefined).length,
        seats: [...this.seats.keys()].map((seat) => this.publicSeat(seat)),
        deal: this.deal && { ...this.deal, starts_in_ms: Math.max(0, this.dealAt - Date.now()) },
        hand: hand && {
          id: this.handID, number: this.number, commit: this.record.commit, line: hand.line,
          ends: hand.ends, moves: hand.moves, your_tiles: hand.tiles.get(mine), turn,
        },
        last_result: this.last,
      },
    };
  }

  stack(seat) { return this.hand?.stacks.get(seat) ?? this.seats.get(seat).stack; }

  publicSeat(seat) {
    const { player, online, trustee } = this.seats.get(seat);
    return {
      seat, player, stack: this.stack(seat), online, trustee, leaving: this.leaving.has(seat),
      time_bank_ms: 30_000, tiles_left: this.hand?.tiles.get(seat)?.length,
    };
  }

  watch(watcher, after) {
    this.watchers.add(watcher);
    const missed = this.events.filter((event) => event.seq > after);
    if (after !== undefined && after <= this.seq) {
      missed.forEach((event) => watcher.send(this.shownTo(watcher.player, event)));
    } else watcher.send(this.snapshot(watcher.player));
  }

  // ---- Seats -------------------------------------------------------------------------------

  sit(player, { seat = [0, 1, 2, 3].find((s) => !this.seats.has(s)), buyIn, session }) {
    this.seats.set(seat, { player, stack: buyIn, session, online: true, trustee: false });
    this.publish([{ type: 'seat.taken', seat, player, stack: buyIn }], { turn: false });
    this.hooks.later(() => this.prepare(), this.pace.between / 4);
    return seat;
  }

  stand(player) {
    const seat = this.seatOf(player);
    if (this.hand && !this.hand.over && this.hand.seats.includes(seat)) {
      this.leaving.add(seat);
      this.publish([{ type: 'seat.leaving', seat }], { turn: false });
    } else this.free(seat);
    return seat;
  }

  free(seat) {
    const { stack, player } = this.seats.get(seat);
    this.seats.delete(seat);
    this.leaving.delete(seat);
    this.publish([{ type: 'seat.left', seat, cashed_out: stack }], { turn: false });
    this.hooks.paid(player, stack, 'cash_out');
  }

  // ---- Hands -------------------------------------------------------------------------------

  prepare() {
    if (this.deal || (this.hand && !this.hand.over) || this.seats.size < 2) return;
    const seed = randomBytes(32).toString('hex');
    const commit = createHash('sha256').update(Buffer.from(seed, 'hex')).digest('hex');
    this.record = { scheme: 'hmac-sha256-fisher-yates-1', server_seed: seed, commit };
    this.deal = { number: this.number + 1, commit, starts_in_ms: this.pace.between };
    this.dealAt = Date.now() + this.pace.between;
    this.publish([{ type: 'deal.committed', ...this.deal }], { turn: false });
    this.hooks.later(() => this.start(), this.pace.between);
  }

  async start() {
    this.deal = null;
    if (this.seats.size < 2) return;
    this.number += 1;
    this.handID = randomUUID();
    const seats = [...this.seats.keys()].sort();
    this.record.client_seeds = seats.map((seat) => this.seeds.get(seat) ?? `seat-${seat}`);
    this.record.nonce = this.number;
    this.hand = await Gaple.deal({
      record: this.record, baseBet: this.stake.base_bet, opener: this.opener,
      stacks: new Map(seats.map((seat) => [seat, this.seats.get(seat).stack])),
    });
    this.startedAt = new Date().toISOString();
    this.clock();
    this.publish([{
      type: 'hand.started', hand: this.handID, number: this.number, tiles: this.hand.tiles,
      opener_rule: this.hand.mustOpenWith ? 'highest_double' : 'previous_winner',
      seats: seats.map((seat, i) => ({
        seat, stack: this.seats.get(seat).stack, client_seed: this.record.client_seeds[i],
        tiles_left: 7,
      })),
    }]);
    this.think();
  }

  clock() { this.turnEnds = Date.now() + TURN_MS; }

  /** A bot moves after a while; a person's time runs out. */
  think() {
    const { hand } = this;
    if (!hand || hand.over) return;
    const { move, turn } = hand;
    const bot = this.seats.get(turn).player.is_bot;
    const delay = bot ? this.pace.think : TURN_MS + 2_000;
    this.hooks.later(() => {
      if (this.hand !== hand || hand.move !== move || hand.over) return;
      const [choice] = hand.legal(turn);
      this.place(choice.tile, choice.ends[0], bot ? 'bot' : 'timeout');
    }, delay);
  }

  place(tile, end, by, ref) {
    const events = this.hand.place(tile, end, by);
    this.clock();
    if (ref) events[0].ref = ref;
    this.publish(events);
    if (this.hand.over) this.end();
    else this.think();
  }

  end() {
    const { hand } = this;
    this.last = { hand: this.handID, number: this.number, ...hand.result(this.record) };
    this.opener = hand.over.winner;
    for (const seat of hand.seats) this.seats.get(seat).stack = hand.stacks.get(seat);
    this.hooks.finished(this, hand);
    this.hand = null;
    this.publish([{ type: 'hand.ended', ...this.last }], { turn: false });
    for (const seat of [...this.leaving]) this.free(seat);
    this.hooks.later(() => this.prepare(), 50);
  }
}

/**
 * What one viewer of a room knows: made by a snapshot, moved on by events. Nothing here knows the
 * page, so that it is tested without one. Times are on the clock that `now` gives.
 *
 * @typedef {import('../../client/higgs-client.js').Frame} Frame
 * @typedef {{seat: number, player: any, stack: number, online: boolean, trustee: boolean,
 *            leaving: boolean, promisedTo: string | null, tilesLeft: number | null,
 *            passNet: number}} Seat `promisedTo`: the player for whom a bot leaves
 * @typedef {{hand: string, move: number, seat: number, endsAt: number, totalMs: number,
 *            bankMs: number, legal: {tile: string, ends: ('left' | 'right')[]}[]}} Turn
 * @typedef {{id: string, number: number, commit?: string, line: any[], ends: number[] | null,
 *            mine: string[], turn: Turn | null, passes: any[], openWith: string | null}} Hand
 */
const TURN_MS = 15_000;

export class TableState {
  /** @param {{playerID?: string | null, now?: () => number}} [options] */
  constructor({ playerID = null, now = () => performance.now() } = {}) {
    Object.assign(this, { playerID, now, ready: false, paused: null, hand: null, deal: null });
    /** @type {Map<number, Seat>} */
    this.seats = new Map();
    this.mySeat = null;
    this.last = null;
    this.finished = []; // the line of the hand that is over, until the next one
    this.commits = new Map(); // as they were announced, by number of the hand
  }

  /** Takes a frame of this room in. @param {Frame} frame */
  apply(frame) {
    HANDLERS[frame.type]?.(this, frame);
    if ('turn' in frame && frame.type !== 'snapshot') this.takeTurn(frame.turn);
  }

  get isSeated() { return this.mySeat !== null; }
  get me() { return this.mySeat === null ? null : this.seats.get(this.mySeat) ?? null; }
  /** The seat that a bot gives up for this player after the hand. */
  get promisedSeat() {
    if (this.playerID === null) return null;
    for (const { seat, promisedTo } of this.seats.values()) {
      if (promisedTo === this.playerID) return seat;
    }
    return null;
  }
  /** Whether this player may have a bot's seat. @param {Seat} seat */
  canTake({ player, promisedTo }) {
    return player.is_bot && !promisedTo && !this.isSeated && this.promisedSeat === null;
  }
  get isMyTurn() { return Boolean(this.hand?.turn && this.hand.turn.seat === this.mySeat); }
  /** The moves that are open to this player now. */
  get legal() { return this.isMyTurn ? this.hand?.turn?.legal ?? [] : []; }
  get secondsToDeal() {
    if (!this.deal || this.deal.startsAt === null) return 0;
    return Math.max(0, Math.ceil((this.deal.startsAt - this.now()) / 1000));
  }
  nameOf(seat) { return this.seats.get(seat)?.player.name ?? ''; }

  takeTurn(turn) {
    if (!this.hand) return;
    if (!turn) {
      this.hand.turn = null;
      return;
    }
    const remaining = turn.remaining_ms ?? TURN_MS;
    this.hand.turn = {
      hand: turn.hand, move: turn.move, seat: turn.seat, legal: turn.legal ?? [],
      endsAt: this.now() + remaining, totalMs: Math.max(remaining, TURN_MS),
      bankMs: turn.time_bank_ms ?? 0,
    };
  }

  /** How much of the turn is left: `left` from 1 to 0, then the bank runs. */
  clock() {
    const turn = this.hand?.turn;
    if (!turn) return null;
    const leftMs = turn.endsAt - (this.paused ? this.paused.at : this.now());
    const bankLeftMs = Math.max(0, turn.bankMs + Math.min(0, leftMs));
    return {
      seat: turn.seat, left: Math.max(0, Math.min(1, leftMs / turn.totalMs)),
      inBank: leftMs <= 0 && turn.bankMs > 0,
      bankLeft: turn.bankMs > 0 ? bankLeftMs / turn.bankMs : 0,
      seconds: Math.max(0, Math.ceil((leftMs > 0 ? leftMs : bankLeftMs) / 1000)),
    };
  }

  /** The line from left to right, each tile as it lies, and where it began. */
  get line() { return orient(this.hand?.line ?? this.finished); }
}

/** Turns a line in order of play into one from left to right. */
export function orient(moves) {
  const tiles = [];
  const ids = [];
  let opening = 0;
  for (const { tile, end } of moves) {
    const [low, high] = numbersOf(tile);
    if (tiles.length === 0) {
      tiles.push([low, high]);
      ids.push(tile);
    } else if (end === 'left') {
      tiles.unshift(high === tiles[0][0] ? [low, high] : [high, low]);
      ids.unshift(tile);
      opening += 1;
    } else {
      const open = tiles[tiles.length - 1][1];
      tiles.push(low === open ? [low, high] : [high, low]);
      ids.push(tile);
    }
  }
  return { tiles, ids, opening };
}

export const numbersOf = (tile) => tile.split('-').map(Number);
export const pipsOf = (tile) => numbersOf(tile).reduce((a, b) => a + b, 0);

const seatFrom = (given) => ({
  seat: given.seat, player: given.player, stack: given.stack, online: given.online ?? true,
  trustee: Boolean(given.trustee), leaving: Boolean(given.leaving),
  promisedTo: given.promised_to ?? null,
  tilesLeft: given.tiles_left ?? null, passNet: 0,
});

/** @type {Record<string, (state: TableState, frame: any) => void>} */
const HANDLERS = {
  snapshot(state, { room, state: given }) {
    Object.assign(state, {
      ready: true, closed: false, room, name: given.name, game: given.game,
      currency: given.currency, baseBet: given.base_bet, buyInMin: given.buy_in_min,
      buyInMax: given.buy_in_max, seatsMax: given.seats_max ?? 4, rake: given.rake ?? null,
      spectators: given.spectators ?? 0, joinCode: given.join_code ?? null, mySeat: given.you?.seat ?? null,
      last: given.last_result ?? null, hand: null, finished: [], paused: null,
    });
    state.seats = new Map(given.seats.map((seat) => [seat.seat, seatFrom(seat)]));
    takeDeal(state, given.deal);
    if (given.hand) handFromSnapshot(state, given.hand);
  },
  'seat.taken'(state, { seat, player, stack }) {
    state.seats.set(seat, seatFrom({ seat, player, stack }));
    if (player.id === state.playerID) state.mySeat = seat;
  },
  'seat.left'(state, { seat }) {
    state.seats.delete(seat);
    if (state.mySeat === seat) state.mySeat = null;
  },
  'seat.leaving': (state, { seat }) => update(state, seat, { leaving: true }),
  'seat.promised': (state, { seat, to }) => update(state, seat, { promisedTo: to }),
  'seat.topped_up': (state, { seat, stack }) => update(state, seat, { stack }),
  presence: (state, { seat, online }) => update(state, seat, { online }),
  trustee: (state, { seat, on }) => update(state, seat, { trustee: on }),
  'deal.committed': (state, frame) => takeDeal(state, frame),
  'hand.started'(state, frame) {
    const commit = frame.commit ?? state.commits.get(frame.number);
    state.deal = null;
    state.finished = [];
    for (const seat of state.seats.values()) Object.assign(seat, { tilesLeft: null, passNet: 0 });
    for (const { seat, stack, tiles_left: tilesLeft } of frame.seats) {
      update(state, seat, { stack, tilesLeft });
    }
    state.hand = {
      id: frame.hand, number: frame.number, commit, line: [], ends: null, passes: [],
      mine: frame.your_tiles ?? [], turn: null, openWith: null,
    };
  },
  'tile.placed'(state, frame) {
    const { hand } = state;
    if (!hand) return;
    hand.line.push({ seat: frame.seat, tile: frame.tile, end: frame.end });
    hand.ends = frame.ends;
    if (frame.seat === state.mySeat) hand.mine = hand.mine.filter((tile) => tile !== frame.tile);
    update(state, frame.seat, { tilesLeft: frame.tiles_left });
  },
  'tile.drawn'(state, frame) {
    if (frame.tile && frame.seat === state.mySeat) state.hand?.mine.push(frame.tile);
    update(state, frame.seat, { tilesLeft: frame.tiles_left });
  },
  'seat.passed'(state, { seat, paid }) {
    state.hand?.passes.push({ seat, paid });
    if (!paid) return;
    pass(state, seat, -paid.amount);
    pass(state, paid.to, paid.amount);
  },
  'hand.ended'(state, frame) {
    state.last = frame;
    state.finished = state.hand?.line ?? [];
    state.hand = null;
    for (const { seat, stack } of frame.net) update(state, seat, { stack, tilesLeft: null });
    for (const seat of state.seats.values()) seat.passNet = 0;
  },
  'hand.voided'(state) {
    state.hand = null;
    state.finished = [];
    for (const seat of state.seats.values()) {
      Object.assign(seat, { tilesLeft: null, stack: seat.stack - seat.passNet, passNet: 0 });
    }
  },
  'room.closed': (state) => { state.closed = true; },
  paused: (state, { reason }) => { state.paused ??= { reason, at: state.now() }; },
  running: (state) => { state.paused = null; },
};

function update(state, seat, changes) {
  const known = state.seats.get(seat);
  if (known) Object.assign(known, changes);
}

function pass(state, seat, amount) {
  const known = state.seats.get(seat);
  if (known) Object.assign(known, { stack: known.stack + amount, passNet: known.passNet + amount });
}

function takeDeal(state, deal) {
  if (!deal) {
    state.deal = null;
    return;
  }
  state.commits.set(deal.number, deal.commit);
  for (const number of state.commits.keys()) {
    if (number < deal.number - 8) state.commits.delete(number);
  }
  state.deal = {
    number: deal.number, commit: deal.commit,
    // Nothing is due while players are missing.
    startsAt: deal.starts_in_ms === null ? null : state.now() + deal.starts_in_ms,
  };
}

function handFromSnapshot(state, given) {
  if (given.commit) state.commits.set(given.number, given.commit);
  state.hand = {
    id: given.id, number: given.number, commit: given.commit, line: [...(given.line ?? [])],
    ends: given.ends ?? null, mine: [...(given.your_tiles ?? [])], turn: null, passes: [],
    openWith: null,
  };
  for (const move of given.moves ?? []) {
    if (move.kind !== 'pass' || !move.paid) continue;
    state.hand.passes.push({ seat: move.seat, paid: move.paid });
    const payer = state.seats.get(move.seat);
    const payee = state.seats.get(move.paid.to);
    if (payer) payer.passNet -= move.paid.amount; // the stacks of a snapshot have it already
    if (payee) payee.passNet += move.paid.amount;
  }
  state.takeTurn(given.turn);
}

/** Gaple by the canonical rules, plainly: enough to play against in page tests. */
import { deckOf, tilesBySeat, tileText } from '../../../web/client/fair.js';

const pips = (tile) => Number(tile[0]) + Number(tile[2]);
const isDouble = (tile) => tile[0] === tile[2];

export class Gaple {
  /** @param {{record: any, stacks: Map<number, number>, baseBet: number, opener?: number}} of */
  static async deal({ record, stacks, baseBet, opener }) {
    const hand = new Gaple();
    hand.deck = await deckOf(record);
    const seats = [...stacks.keys()].sort();
    const dealt = tilesBySeat(hand.deck, seats);
    hand.tiles = new Map(seats.map((seat) => [seat, dealt.get(seat).map(tileText)]));
    Object.assign(hand, {
      seats, stacks: new Map(stacks), start: new Map(stacks), baseBet, line: [], ends: null,
      move: 1, lastPlacer: null, payments: [], over: null, mustOpenWith: null, moves: [],
    });
    if (opener !== undefined && seats.includes(opener)) hand.turn = opener;
    else hand.openWithHighestDouble();
    return hand;
  }

  openWithHighestDouble() {
    for (let n = 6; n >= 0; n -= 1) {
      const seat = this.seats.find((each) => this.tiles.get(each).includes(`${n}-${n}`));
      if (seat === undefined) continue;
      this.turn = seat;
      this.mustOpenWith = `${n}-${n}`;
      return;
    }
    this.turn = this.seats[0];
  }

  legal(seat) {
    const tiles = this.tiles.get(seat);
    if (!this.ends) {
      return tiles.filter((tile) => !this.mustOpenWith || tile === this.mustOpenWith)
        .map((tile) => ({ tile, ends: ['left'] }));
    }
    const [left, right] = this.ends.map(String);
    return tiles.map((tile) => ({
      tile,
      ends: [tile.includes(left) && 'left', tile.includes(right) && 'right']
        .filter(Boolean),
    })).filter(({ ends }) => ends.length > 0);
  }

  /** Places a tile; returns the events that follow, forced passes included. */
  place(tile, end, by) {
    const seat = this.turn;
    const before = this.ends;
    const [low, high] = tile.split('-').map(Number);
    if (!before) this.ends = [low, high];
    else {
      const at = end === 'left' ? 0 : 1;
      this.ends = [...before];
      this.ends[at] = before[at] === low ? high : low;
    }
    this.line.push({ seat, tile, end });
    this.tiles.set(seat, this.tiles.get(seat).filter((each) => each !== tile));
    this.lastPlacer = seat;
    this.lastTile = tile;
    this.lastFitsBoth = before !== null
      && before.every((number) => tile.includes(String(number)));
    const event = {
      type: 'tile.placed', move: this.move, seat, tile, end, ends: this.ends,
      tiles_left: this.tiles.get(seat).length, by,
    };
    this.moves.push({ move: this.move, seat, kind: 'place', tile, end, by });
    this.move += 1;
    if (this.tiles.get(seat).length === 0) this.finish(seat, false);
    else if (this.seats.every((each) => this.legal(each).length === 0)) this.block();
    else this.turn = this.after(seat);
    return [event, ...this.forcedPasses()];
  }

  forcedPasses() {
    const events = [];
    while (!this.over && this.legal(this.turn).length === 0) {
      const seat = this.turn;
      const paid = this.pay(seat, this.lastPlacer, this.baseBet, 'pass');
      events.push({ type: 'seat.passed', move: this.move, seat, paid, by: 'rules' });
      this.moves.push({ move: this.move, seat, kind: 'pass', paid, by: 'rules' });
      this.move += 1;
      this.turn = this.after(seat);
    }
    return events;
  }

  pay(from, to, due, reason) {
    if (from === to) return null;
    const amount = Math.min(due, this.stacks.get(from));
    this.stacks.set(from, this.stacks.get(from) - amount);
    if (to !== null) this.stacks.set(to, this.stacks.get(to) + amount);
    this.payments.push({ from, to, due, amount, reason });
    return amount > 0 ? { to, amount } : null;
  }

  after(seat) {
    return this.seats[(this.seats.indexOf(seat) + 1) % this.seats.length];
  }

  pipsOf(seat) {
    return this.tiles.get(seat).reduce((sum, tile) => sum + pips(tile), 0);
  }

  block() {
    const [winner] = [...this.seats].sort((a, b) => this.pipsOf(a) - this.pipsOf(b)
      || this.tiles.get(a).length - this.tiles.get(b).length);
    this.finish(winner, true);
  }

  finish(winner, blocked) {
    const double = isDouble(this.lastTile);
    const multiplier = blocked ? 1 : this.lastFitsBoth ? (double ? 5 : 4) : double ? 3 : 2;
    for (const seat of this.seats) {
      if (seat !== winner) this.pay(seat, winner, this.baseBet * multiplier, 'hand');
    }
    const win = this.stacks.get(winner) - this.start.get(winner);
    const rake = Math.max(0, Math.floor(win * 0.025));
    if (rake > 0) this.pay(winner, null, rake, 'rake');
    this.over = { winner, blocked, multiplier, rake };
  }

  /** What `hand.ended` says. */
  result(record) {
    const { winner, blocked, multiplier, rake } = this.over;
    return {
      winner, blocked, multiplier, last_tile: this.lastTile,
      tiles: this.seats.map((seat) => ({
        seat, tiles: this.tiles.get(seat), pips: this.pipsOf(seat),
      })),
      payments: this.payments,
      net: this.seats.map((seat) => ({
        seat, net: this.stacks.get(seat) - this.start.get(seat),
        rake: seat === winner ? rake : 0, stack: this.stacks.get(seat),
      })),
      reveal: { ...record, deck: this.deck },
    };
  }
}

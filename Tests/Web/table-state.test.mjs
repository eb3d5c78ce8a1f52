import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { orient, TableState } from '../../web/app/table/state.js';
import { itemise, percentOf, whyWon } from '../../web/app/table/result.js';
import { placeOf } from '../../web/app/table/seats-view.js';

const people = ['Rizky', 'Sari', 'Wayan', 'Budi'];
const seats = people.map((name, seat) => ({
  seat, player: { id: `p${seat}`, name, is_bot: seat > 0 }, stack: 10_000, online: true,
  trustee: false, leaving: false, tiles_left: 7,
}));
const ROOM = {
  id: 7, name: 'Sedang', game: 'gaple', currency: 'COINS', base_bet: 100, buy_in_min: 2000,
  buy_in_max: 20_000, seats_max: 4, rake: { basis_points: 250, cap: 5000 }, spectators: 2,
  you: { seat: 0, session: 's', stack: 10_000 }, seats, deal: null, hand: null, last_result: null,
};
const turn = (seat, more = {}) => ({ hand: 'h', move: 1, seat, remaining_ms: 15_000, time_bank_ms: 30_000, ...more });

/** A table on a clock of the test. */
function table(state = {}) {
  const clock = { now: 0 };
  const made = new TableState({ playerID: 'p0', now: () => clock.now });
  made.apply({ type: 'snapshot', room: 7, seq: 1, state: { ...ROOM, ...state } });
  return { state: made, clock };
}

const START = {
  type: 'hand.started', hand: 'h', number: 3, commit: 'c0ffee', opener_rule: 'highest_double',
  seats: seats.map(({ seat }) => ({ seat, stack: 10_000, client_seed: `s${seat}`, tiles_left: 7 })),
  your_tiles: ['0-1', '6-6', '2-6'], turn: turn(0, { legal: [{ tile: '6-6', ends: ['left'] }] }),
};

describe('A table, as a player knows it', () => {
  it('begins with a snapshot', () => {
    const { state } = table();
    assert.equal(state.isSeated, true);
    assert.equal(state.me.player.name, 'Rizky');
    assert.equal(state.hand, null);
    assert.equal(state.spectators, 2);
  });

  it('knows whose turn it is and what is legal', () => {
    const { state } = table();
    state.apply(START);
    assert.equal(state.isMyTurn, true);
    assert.deepEqual(state.legal, [{ tile: '6-6', ends: ['left'] }]);
    state.apply({ type: 'tile.placed', move: 1, seat: 0, tile: '6-6', end: 'left', ends: [6, 6], tiles_left: 2, by: 'player', turn: turn(1) });
    assert.equal(state.isMyTurn, false);
    assert.deepEqual(state.legal, []);
    assert.deepEqual(state.hand.mine, ['0-1', '2-6']);
    assert.equal(state.seats.get(0).tilesLeft, 2);
  });

  it('moves the chips of a pass at once, and keeps them where no turn follows', () => {
    const { state } = table();
    state.apply(START);
    state.apply({ type: 'seat.passed', move: 2, seat: 1, paid: { to: 0, amount: 100 }, by: 'rules', turn: null });
    state.apply({ type: 'seat.passed', move: 3, seat: 2, paid: null, by: 'rules', turn: turn(3) });
    assert.deepEqual([...state.seats.values()].map(({ stack }) => stack), [10_100, 9900, 10_000, 10_000]);
    assert.equal(state.seats.get(0).passNet, 100);
    assert.equal(state.hand.turn.seat, 3);
  });

  it('knows which bots give up their seats, and for whom', () => {
    const { state } = table({ you: null });
    assert.deepEqual([...state.seats.values()].map((seat) => state.canTake(seat)), [false, true, true, true]);
    state.apply({ type: 'seat.promised', seat: 2, to: 'p0' });
    assert.equal(state.promisedSeat, 2);
    assert.ok([...state.seats.values()].every((seat) => !state.canTake(seat)));
    state.apply({ type: 'seat.promised', seat: 2, to: null });
    state.apply({ type: 'seat.promised', seat: 3, to: 'p9' });
    assert.equal(state.promisedSeat, null);
    assert.deepEqual([...state.seats.values()].map((seat) => state.canTake(seat)), [false, true, true, false]);
    const { state: seated } = table();
    assert.ok([...seated.seats.values()].every((seat) => !seated.canTake(seat)));
  });

  it('does not move the chips of a snapshot again', () => {
    const moves = [{ move: 2, seat: 1, kind: 'pass', paid: { to: 0, amount: 100 }, by: 'rules' }];
    const { state } = table({ hand: { id: 'h', number: 3, commit: 'c', line: [], ends: null, moves, your_tiles: ['0-1'], turn: turn(2) } });
    assert.equal(state.seats.get(0).stack, 10_000);
    assert.equal(state.seats.get(0).passNet, 100);
    assert.equal(state.seats.get(1).passNet, -100);
  });

  it('keeps the last line until the next hand, and takes the stacks of the result', () => {
    const { state } = table();
    state.apply(START);
    state.apply({ type: 'tile.placed', move: 1, seat: 0, tile: '6-6', end: 'left', ends: [6, 6], tiles_left: 0, by: 'player', turn: null });
    state.apply({ type: 'hand.ended', hand: 'h', number: 3, winner: 0, tiles: [], payments: [], net: [{ seat: 0, net: 300, rake: 0, stack: 10_300 }] });
    assert.equal(state.me.stack, 10_300);
    assert.deepEqual(state.line.ids, ['6-6']);
    assert.equal(state.last.winner, 0);
    state.apply(START);
    assert.deepEqual(state.line.ids, []);
  });

  it('remembers the seal that was announced before the hand', () => {
    const { state, clock } = table();
    state.apply({ type: 'deal.committed', number: 3, commit: 'c0ffee', starts_in_ms: 6000 });
    clock.now = 2500;
    assert.equal(state.secondsToDeal, 4);
    state.apply(START);
    assert.equal(state.hand.commit, 'c0ffee');
    assert.equal(state.deal, null);
    assert.equal(state.commits.get(3), 'c0ffee');
  });

  it('knows that no hand is due while players are missing', () => {
    const { state } = table();
    state.apply({ type: 'deal.committed', number: 1, commit: 'c0ffee', starts_in_ms: null });
    assert.equal(state.secondsToDeal, 0);
    assert.equal(state.commits.get(1), 'c0ffee');
  });

  it('runs the clock down, then the time bank, and stands still while paused', () => {
    const { state, clock } = table();
    state.apply(START);
    clock.now = 7500;
    assert.equal(state.clock().left, 0.5);
    clock.now = 20_000;
    assert.deepEqual([state.clock().inBank, state.clock().seconds], [true, 25]);
    state.apply({ type: 'running', room: 7, turn: turn(0) });
    clock.now = 23_000;
    state.apply({ type: 'paused', room: 7, reason: 'database' });
    clock.now = 99_000;
    assert.equal(state.clock().left, 0.8);
    state.apply({ type: 'running', room: 7, turn: turn(0) });
    assert.equal(state.clock().left, 1);
  });

  it('sees people come, drop off, come back and leave', () => {
    const { state } = table();
    state.apply({ type: 'presence', room: 7, seat: 2, online: false });
    state.apply({ type: 'trustee', room: 7, seat: 2, on: true });
    assert.deepEqual([state.seats.get(2).online, state.seats.get(2).trustee], [false, true]);
    state.apply({ type: 'seat.leaving', room: 7, seat: 0 });
    assert.equal(state.me.leaving, true);
    state.apply({ type: 'seat.left', room: 7, seat: 0, cashed_out: 10_000 });
    assert.equal(state.isSeated, false);
    state.apply({ type: 'seat.taken', room: 7, seat: 3, player: { id: 'p0', name: 'Rizky' }, stack: 2000 });
    assert.equal(state.mySeat, 3);
  });

  it('gives the chips of passes back where a hand is voided', () => {
    const { state } = table();
    state.apply(START);
    state.apply({ type: 'seat.passed', move: 2, seat: 1, paid: { to: 0, amount: 100 }, turn: turn(2) });
    state.apply({ type: 'hand.voided', hand: 'h', reason: 'operator' });
    assert.deepEqual([...state.seats.values()].map(({ stack }) => stack), [10_000, 10_000, 10_000, 10_000]);
  });
});

describe('A line in order of play', () => {
  it('lies from left to right, each tile turned so that numbers meet', () => {
    const line = orient([
      { tile: '6-6', end: 'left' }, { tile: '2-6', end: 'right' }, { tile: '3-6', end: 'left' },
      { tile: '2-5', end: 'right' }, { tile: '3-3', end: 'left' },
    ]);
    assert.deepEqual(line.tiles, [[3, 3], [3, 6], [6, 6], [6, 2], [2, 5]]);
    assert.deepEqual(line.ids, ['3-3', '3-6', '6-6', '2-6', '2-5']);
    assert.equal(line.opening, 2);
  });
});

describe('Seats around the table', () => {
  it('go clockwise from the own one', () => {
    assert.deepEqual([2, 3, 0, 1].map((seat) => placeOf(seat, 2, 4)), ['mine', 'left', 'top', 'right']);
    assert.deepEqual([0, 1].map((seat) => placeOf(seat, 1, 2)), ['top', 'mine']);
  });
});

describe('The result of a hand', () => {
  const result = {
    winner: 0, blocked: false, multiplier: 4, last_tile: '2-4',
    payments: [
      { from: 1, to: 0, due: 100, amount: 100, reason: 'pass' },
      { from: 0, to: 2, due: 100, amount: 100, reason: 'pass' },
      { from: 1, to: 0, due: 400, amount: 400, reason: 'hand' },
      { from: 2, to: 0, due: 400, amount: 250, reason: 'hand' },
      { from: 0, to: null, due: 16, amount: 16, reason: 'rake' },
    ],
    net: [{ seat: 0, net: 634, rake: 16 }, { seat: 1, net: -500, rake: 0 }, { seat: 2, net: -150, rake: 0 }],
  };

  it('is itemised so that every row adds up to its net', () => {
    for (const [, row] of itemise(result)) {
      assert.equal(row.won + row.passesGot.amount - row.passesPaid.amount - row.rake, row.net);
    }
  });

  it('says who could not pay in full', () => {
    assert.equal(itemise(result).get(2).short, 150);
    assert.equal(itemise(result).get(1).short, 0);
  });

  it('says why the winner won so much', () => {
    const why = [2, 3, 4, 5].map((multiplier) => whyWon({ blocked: false, multiplier }));
    assert.deepEqual(why, ['winSingle', 'winDouble', 'winBoth', 'winDoubleBoth']);
    assert.equal(whyWon({ blocked: true, multiplier: 1 }), 'winBlocked');
    assert.equal(percentOf({ basis_points: 250 }), '2.5%');
  });
});

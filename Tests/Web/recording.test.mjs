import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Recording } from '../../web/app/pages/recording.js';

const player = (id, name) => ({ id, name, avatar: 'sari', is_bot: id !== 'p0' });
const REPLAY = {
  hand: {
    id: 'h', room: 7, number: 12, game: 'gaple', base_bet: 100, commit: 'c0ffee', status: 'settled',
    rake_terms: { basis_points: 250, cap: 5000 }, ended_at: '2026-01-01T00:00:00Z',
    seats: [
      { seat: 0, player: player('p0', 'Rizky'), stack: 5000, client_seed: 'a', net: 195, rake: 5 },
      { seat: 2, player: player('p2', 'Sari'), stack: 5000, client_seed: 'b', net: -200, rake: 0 },
    ],
    result: {
      winner: 0, reason: 'out', multiplier: 2, last_tile: '1-2', left: [{ seat: 2, tiles: ['0-0'], pips: 0 }],
      payments: [
        { from: 2, to: 0, due: 100, amount: 100, reason: 'pass' },
        { from: 2, to: 0, due: 100, amount: 100, reason: 'hand' },
      ],
    },
  },
  deal: { scheme: 's', commit: 'c0ffee', server_seed: '00', client_seeds: ['a', 'b'], nonce: 12, deck: [] },
  dealt: [{ seat: 0, tiles: ['6-6', '1-6', '1-2'] }, { seat: 2, tiles: ['0-0', '0-6'] }],
  moves: [
    { move: 1, seat: 0, by: 'player', kind: 'place', tile: '6-6', end: 'left' },
    { move: 2, seat: 2, by: 'bot', kind: 'place', tile: '0-6', end: 'right' },
    { move: 3, seat: 0, by: 'player', kind: 'place', tile: '1-6', end: 'left' },
    { move: 4, seat: 2, by: 'rules', kind: 'pass' },
    { move: 5, seat: 0, by: 'player', kind: 'place', tile: '1-2', end: 'left' },
  ],
};

describe('A recorded hand', () => {
  it('shows the table at every step', () => {
    const recording = new Recording(REPLAY, 'p0');
    assert.equal(recording.total, 5);
    assert.equal(recording.mySeat, 0);
    const { state, faces } = recording.at(3);
    assert.deepEqual(state.line.tiles, [[1, 6], [6, 6], [6, 0]]);
    assert.deepEqual(faces.get(0), ['1-2']);
    assert.deepEqual(faces.get(2), ['0-0']);
    assert.deepEqual(recording.at(0).state.line.tiles, []);
  });

  it('moves the chips of passes, which the journal does not name', () => {
    const recording = new Recording(REPLAY, 'p0');
    assert.deepEqual(recording.at(4).state.seats.get(0).stack, 5100);
    assert.deepEqual(recording.at(4).state.seats.get(2).passNet, -100);
  });

  it('takes a pass of the last placer as free', () => {
    const moves = [
      REPLAY.moves[0], { move: 2, seat: 2, by: 'rules', kind: 'pass' },
      { move: 3, seat: 0, by: 'rules', kind: 'pass' }, ...REPLAY.moves.slice(1),
    ];
    const recording = new Recording({ ...REPLAY, moves }, 'p0');
    assert.equal(recording.moves[1].paid.amount, 100);
    assert.equal(recording.moves[2].paid, undefined);
  });

  it('gives its result as the table does', () => {
    const { result } = new Recording(REPLAY, 'p0');
    assert.equal(result.blocked, false);
    assert.deepEqual(result.net, [
      { seat: 0, net: 195, rake: 5, stack: 5195 }, { seat: 2, net: -200, rake: 0, stack: 4800 },
    ]);
    assert.equal(result.reveal.nonce, 12);
  });

  it('is shown to somebody who did not play it, too, and where it was voided', () => {
    const voided = { ...REPLAY, hand: { ...REPLAY.hand, result: null, status: 'voided' }, deal: null };
    const recording = new Recording(voided, 'p9');
    assert.equal(recording.mySeat, null);
    assert.equal(recording.result, null);
    assert.deepEqual(recording.at(1).state.line.tiles, [[6, 6]]);
  });
});

/**
 * A recorded hand: what `GET /v1/hands/{id}/replay` gives, turned into the table at every step.
 * The tiles of all seats follow from the deck, which is open once the hand is over.
 */
import { tilesBySeat, tileText } from '../../client/fair.js';
import { amount, t } from '../i18n.js';
import { TableState } from '../table/state.js';

export class Recording {
  /** @param {any} replay @param {string | undefined} playerID */
  constructor({ hand, deal, dealt, moves }, playerID) {
    this.number = hand.number;
    this.endedAt = hand.ended_at;
    this.baseBet = hand.base_bet;
    this.rake = hand.rake_terms ?? null;
    this.commit = hand.commit;
    this.players = new Map(hand.seats.map(({ seat, player }) => [seat, player]));
    this.mySeat = hand.seats.find(({ player }) => player.id === playerID)?.seat ?? null;
    this.start = new Map(hand.seats.map(({ seat, stack }) => [seat, stack]));
    this.dealt = dealt ? new Map(dealt.map(({ seat, tiles }) => [seat, tiles]))
      : tilesBySeat((deal?.deck ?? []).map(tileText), [...this.start.keys()]);
    this.result = resultOf(hand, deal);
    this.moves = withPayments(moves, this.result);
  }

  get total() { return this.moves.length; }

  /** The table after a number of moves. */
  at(step) {
    const state = new TableState();
    Object.assign(
      state,
      {
        ready: true, name: '', baseBet: this.baseBet, seatsMax: 4, mySeat: this.mySeat,
        spectators: 0,
      },
    );
    const faces = new Map([...this.dealt].map(([seat, tiles]) => [seat, [...tiles]]));
    for (const [seat, player] of this.players) {
      state.seats.set(seat, {
        seat, player, stack: this.start.get(seat) ?? 0, online: true, trustee: false,
        leaving: false,
        tilesLeft: faces.get(seat)?.length ?? 0, passNet: 0,
      });
    }
    state.hand = {
      id: '', number: this.number, line: [], ends: null, mine: [], turn: null, passes: [],
      openWith: null,
    };
    for (const move of this.moves.slice(0, step)) this.make(state, faces, move);
    return { state, faces };
  }

  make(state, faces, move) {
    if (move.kind === 'place') {
      faces.set(move.seat, (faces.get(move.seat) ?? []).filter((tile) => tile !== move.tile));
      state.hand.line.push(move);
    } else if (move.kind === 'pass') {
      state.apply({ type: 'seat.passed', seat: move.seat, paid: move.paid ?? null });
    }
  }

  /** What happened last, in words. */
  wordsAt(step) {
    const count = t('stepCount', { step, total: this.total });
    const move = this.moves[step - 1];
    if (!move) return `${count} · ${t('deal')}`;
    const name = this.players.get(move.seat)?.name ?? '';
    const what = move.kind === 'place' ? t(
      'placedBy', { name, tile: move.tile },
    ) : t('passedBy', { name });
    return `${count} · ${what}`;
  }

  payWords({ paid }) {
    if (!paid) return '';
    return t(
      'passPays', { amount: amount(paid.amount), name: this.players.get(paid.to)?.name ?? '' },
    );
  }
}

/** The stored result in the form of a `hand.ended`; null where the hand was voided. */
function resultOf(hand, deal) {
  if (!hand.result) return null;
  const { left, reason, ...more } = hand.result;
  return {
    ...more, hand: hand.id, number: hand.number, blocked: reason === 'blocked', tiles: left,
    reveal: deal,
    net: hand.seats.map(({ seat, stack, net, rake }) => (
      { seat, net: net ?? 0, rake: rake ?? 0, stack: stack + (net ?? 0) })),
  };
}

/** Adds to each pass what it cost: the journal has the passes, the result what was paid. */
function withPayments(moves, result) {
  const paid = (result?.payments ?? []).filter(({ reason }) => reason === 'pass');
  let lastPlacer = null;
  return moves.map((move) => {
    if (move.kind === 'place') lastPlacer = move.seat;
    const [next] = paid;
    if (move.kind !== 'pass' || next?.from !== move.seat || next.to === move.seat) return move;
    if (lastPlacer === move.seat && next.to !== lastPlacer) return move; // this one was free
    paid.shift();
    return { ...move, paid: next.amount > 0 ? { to: next.to, amount: next.amount } : null };
  });
}

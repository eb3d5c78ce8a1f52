/** The end of a hand: the winner on top, then what each paid and why, and the way to check it. */
import { coin } from '../coins.js';
import { art, el } from '../dom.js';
import { amount, t } from '../i18n.js';
import { icon } from '../icons.js';
import { tileFace } from '../tiles.js';
import { celebrate, flyCoins } from './effects.js';
import { itemise, percentOf, whyWon } from './result.js';
import { portrait } from './seats-view.js';
import { numbersOf } from './state.js';
import { verifyPanel } from './verify.js';

/**
 * The content of the sheet.
 * @param {any} result a `hand.ended`
 * @param {{players: Map<number, any>, mySeat: number | null, baseBet: number, rake: any,
 *   promised?: string, dealt?: string[]}} table
 * @returns {HTMLElement}
 */
export function resultSheet(result, table) {
  const rows = itemise(result);
  const losers = [...rows.keys()].filter((seat) => seat !== result.winner);
  const body = el('div', { class: 'settle__body' },
    winnerCard(result, rows.get(result.winner), table),
    balanceOf(rows.get(result.winner), table),
    el(
      'ol', { class: 'losers' },
      ...losers.map((seat) => loserRow(seat, result, rows.get(seat), table)),
    ));
  return body;
}

function winnerCard(result, row, { players, mySeat }) {
  const player = players.get(result.winner);
  const mine = result.winner === mySeat;
  return el('header', { class: 'winner', data: { mine } },
    el('div', { class: 'winner__rays', 'aria-hidden': 'true' }),
    portrait(player, { ring: false }),
    el('div', { class: 'winner__text' },
      el(
        'h1',
        { id: 'settle-title', text: mine ? t('youWin') : t('wins', { name: player?.name ?? '' }) },
      ),
      el('p', { class: 'winner__sum number' }, art(coin('coins')),
        el(
          'span',
          { text: amount(row?.net ?? 0, { sign: true, full: true }), data: { net: row?.net ?? 0 } },
        ))),
    el('div', { class: 'reason' }, proofOf(result),
      el('span', { text: t(whyWon(result), { tile: result.last_tile ?? '' }) }),
      result.multiplier && el('b', { class: 'times', text: `× ${result.multiplier}` })));
}

/** What shows why the winner won: the last tile, or what was left to it in a blocked hand. */
function proofOf({ blocked, winner, tiles, last_tile: lastTile }) {
  if (blocked) {
    const { tiles: left = [] } = tiles?.find(({ seat }) => seat === winner) ?? {};
    return el('span', { class: 'loser__tiles' }, ...left.map(smallTile));
  }
  const [a, b] = lastTile ? numbersOf(lastTile) : [];
  return lastTile && el('span', { class: 'tile tile--h', art: tileFace(a, b, 'h') });
}

/** Where the winner's net comes from. */
function balanceOf(row, { rake }) {
  if (!row) return null;
  const lines = [
    [t('fromOthers'), row.won],
    row.passesGot.count > 0 && [t('passesGot', row.passesGot), row.passesGot.amount],
    row.passesPaid.count > 0 && [t('passesPaid', row.passesPaid), -row.passesPaid.amount],
    row.rake > 0 && [t('rake', { percent: percentOf(rake) }), -row.rake],
  ].filter(Boolean);
  return el('dl', { class: 'balance' }, ...lines.map(([name, value]) =>
    el(
      'div', {}, el('dt', { text: name }),
      el('dd', { text: amount(value, { sign: true, full: true }) }),
    )));
}

function loserRow(seat, result, row, table) {
  const player = table.players.get(seat);
  const held = result.tiles?.find((each) => each.seat === seat) ?? { tiles: [], pips: 0 };
  const mine = seat === table.mySeat;
  return el('li', { class: 'loser', data: { seat, many: held.tiles.length > 2, mine } },
    portrait(player, { ring: false }),
    el('div', { class: 'loser__who' }, el('b', { text: player?.name ?? '', dir: 'auto' }),
      el(
        'small',
        { text: held.tiles.length ? t('pipsLeft', { count: held.pips }) : t('noTilesLeft') },
      )),
    el('div', { class: 'loser__tiles' }, ...held.tiles.map(smallTile)),
    el('dl', { class: 'loser__why' }, ...reasonsOf(row, result, table).flatMap(([why, value]) => [
      el('dt', { text: why }), el('dd', { text: amount(value, { sign: true, full: true }) })])),
    el('div', {
      class: 'loser__sum number', text: amount(row.net, { sign: true, full: true }),
      data: { sign: Math.sign(row.net), net: row.net },
    }));
}

export function smallTile(tile) {
  const [a, b] = numbersOf(tile);
  return el(
    'span',
    { class: 'tile', role: 'img', 'aria-label': t('tileName', { a, b }), art: tileFace(a, b) },
  );
}

function reasonsOf(row, { multiplier }, { baseBet }) {
  const regular = row.due === baseBet * multiplier;
  const loss = regular ? t('basePay', { base: amount(baseBet), times: multiplier }) : t('lossPay');
  const missing = t('shortBy', { amount: amount(row.short, { full: true }) });
  const short = row.short > 0 ? ` (${missing})` : '';
  return [
    [loss + short, row.won],
    row.passesPaid.count > 0 && [t('passesPaid', row.passesPaid), -row.passesPaid.amount],
    row.passesGot.count > 0 && [t('passesGot', row.passesGot), row.passesGot.amount],
  ].filter(Boolean);
}

/** The sheet over the table, with the way on. */
export class SettleSheet {
  /** @param {HTMLElement} scene @param {{onLeave: () => void, onClose?: () => void}} actions */
  constructor(scene, { onLeave, onClose = () => {} }) {
    Object.assign(this, { scene, onLeave, onClose });
    this.dialog = null;
  }

  get isOpen() { return Boolean(this.dialog?.open); }

  open(result, table, { party = true } = {}) {
    this.close();
    const flight = el('div', { class: 'flight', 'aria-hidden': 'true' });
    this.countdown = el('span', { class: 'count number', role: 'timer', hidden: true });
    const next = el('button', {
      class: 'button button--brass', type: 'button', on: { click: () => this.close() },
    }, el('span', { text: t('continueNow') }), this.countdown);
    const leave = el('button', {
      class: 'button button--quiet', type: 'button',
      hidden: table.mySeat === null || table.leave === false,
      on: { click: () => { this.close(); this.onLeave(); } },
    }, art(icon('exit')), el('span', { text: t('leaveTable') }));
    const checked = el('div', { class: 'settle__verify' });
    const sheet = el('div', { class: 'settle' }, resultSheet(result, table), checked,
      el('footer', { class: 'settle__foot' }, verifyButton(result, table, checked),
        el('div', { class: 'settle__next' }, leave, next)));
    this.dialog = el('dialog', {
      class: 'settle-dialog', 'aria-labelledby': 'settle-title', on: { close: () => this.closed() },
    }, sheet, flight);
    this.scene.append(this.dialog);
    this.dialog.showModal();
    next.focus({ preventScroll: true });
    sheet.scrollTop = 0;
    if (party) this.party(result, table, flight);
  }

  party(result, table, flight) {
    const face = this.dialog.querySelector('.winner .avatar');
    [...this.dialog.querySelectorAll('.loser__sum[data-sign="-1"]')]
      .forEach((sum, i) => flyCoins(flight, sum, face, { count: 7, delay: 250 + i * 260 }));
    if (result.winner === table.mySeat) celebrate(flight);
  }

  /** Whether the player is looking at the check of the deal. */
  get isChecking() { return Boolean(this.dialog?.querySelector('.proof')); }

  /** Seconds to the next hand, on the way on. */
  count(seconds) {
    if (!this.countdown) return;
    this.countdown.hidden = seconds <= 0;
    this.countdown.textContent = String(seconds);
  }

  close() { this.dialog?.close(); }

  closed() {
    this.dialog?.remove();
    this.dialog = null;
    this.onClose();
  }
}

/** Opens the check of the deal inside the sheet. */
export function verifyButton(result, table, place) {
  const commit = result.reveal?.commit ?? '';
  return el('button', {
    class: 'verify', type: 'button', 'aria-expanded': 'false',
    on: {
      click: (event) => {
        const open = place.childElementCount > 0;
        event.currentTarget.setAttribute('aria-expanded', String(!open));
        place.replaceChildren(...(open ? [] : [verifyPanel(result, table)]));
        if (!open) place.firstElementChild.scrollIntoView({ block: 'start' });
      },
    },
  }, art(icon('shield')),
  el('span', {}, el('b', { text: t('verifyDeal') }), el('small', { text: t('verifyWhy') })),
  el('code', { text: commit ? `${commit.slice(0, 6)}…${commit.slice(-4)}` : '' }));
}

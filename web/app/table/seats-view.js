/** The seats around the table: who sits there, what he has, what he just did. */
import { avatar } from '../avatar.js';
import { coin } from '../coins.js';
import { animate, art, el, setAttribute } from '../dom.js';
import { amount, t } from '../i18n.js';
import { icon } from '../icons.js';
import { tileBack, tileFace } from '../tiles.js';
import { numbersOf, pipsOf } from './state.js';

/** Where the seats after the viewer's own one are, clockwise, by how many there are. */
const PLACES = {
  2: ['mine', 'top'], 3: ['mine', 'left', 'right'], 4: ['mine', 'left', 'top', 'right'],
};
const BUBBLE_MS = 2600;
const COUNT_MS = 500;

export const placeOf = (seat, mySeat, seatsMax) =>
  (PLACES[seatsMax] ?? PLACES[4])[(seat - (mySeat ?? 0) + seatsMax) % seatsMax];

/** A round portrait with its turn timer. */
export function portrait(player, { ring = true } = {}) {
  return el('div', { class: 'avatar' },
    el('div', { class: 'avatar__face', art: avatar(player) }),
    ring && art('<svg class="ring" viewBox="0 0 100 100" aria-hidden="true" hidden>'
      + '<circle class="ring__track" cx="50" cy="50" r="46"/>'
      + '<circle class="ring__left" cx="50" cy="50" r="46" pathLength="100"/></svg>'));
}

/** What marks a player: a bot, or a level. */
export function badge(player) {
  if (player.is_bot) {
    return el(
      'span', { class: 'tag tag--bot' }, art(icon('robot')), el('span', { text: t('bot') }),
    );
  }
  if (!player.level) return null;
  const tier = player.level >= 20 ? 2 : player.level >= 5 ? 1 : 0;
  return el('span', {
    class: 'vip', data: { tier }, text: `★ ${player.level}`, 'aria-label': t('level', player),
    role: 'img',
  });
}

export class SeatsView {
  /**
   * @param {{ring: HTMLElement, mine: HTMLElement, onSit?: (seat: number) => void}} where
   */
  constructor({ ring, mine, onSit = () => {} }) {
    Object.assign(this, { ring, mine, onSit });
    this.nodes = new Map(); // seat → {root, key, parts}
    this.timers = new Map();
  }

  /**
   * @param {import('./state.js').TableState} state
   * @param {{faces?: Map<number, string[]>, pips?: boolean, winner?: number | null}} [view] open
   *   tiles by seat, whether their pips are counted rather than they, and who won
   */
  render(state, { faces, pips = false, winner = null } = {}) {
    for (let seat = 0; seat < state.seatsMax; seat += 1) {
      const known = state.seats.get(seat);
      const place = placeOf(seat, state.mySeat, state.seatsMax);
      const key = `${place}/${known?.player.id ?? `empty-${state.isSeated}`}`;
      if (this.nodes.get(seat)?.key !== key) this.rebuild(seat, key, place, known, state);
      if (!known) continue;
      this.update(seat, known, state);
      this.showBacks(seat, known, faces?.get(seat), pips);
      this.nodes.get(seat).root.toggleAttribute('data-winner', seat === winner);
    }
  }

  clear() {
    for (const { root } of this.nodes.values()) root.remove();
    this.nodes.clear();
  }

  rebuild(seat, key, place, known, state) {
    this.nodes.get(seat)?.root.remove();
    const inside = known ? this.occupied(seat, known) : this.empty(seat, state);
    const root = place === 'mine'
      ? el('div', { class: 'me', data: { seat, place } }, ...inside.children)
      : el('li', { class: 'seat', data: { seat, place, empty: !known } }, ...inside.children);
    (place === 'mine' ? this.mine : this.ring).append(root);
    this.nodes.set(seat, { root, key, parts: inside.parts, shown: {} });
    if (known) animate(
      root, [{ opacity: 0, scale: 0.8 }, { opacity: 1, scale: 1 }], { duration: 220 },
    );
  }

  empty(seat, state) {
    const sit = state.isSeated
      ? el('div', { class: 'chair', role: 'img', 'aria-label': t('emptySeat') }, art(icon('chair')))
      : el('button', {
        class: 'chair chair--free', type: 'button', 'aria-label': t('sitAt', { number: seat + 1 }),
        on: { click: () => this.onSit(seat) },
      }, art(icon('plus')), el('span', { text: t('sitHere') }));
    return { children: [sit], parts: {} };
  }

  occupied(seat, { player }) {
    const face = portrait(player);
    const parts = {
      face, ringNode: face.querySelector('.ring'),
      net: el('span', { class: 'net number', hidden: true }),
      chips: el('span', { class: 'number', data: { chips: '' } }),
      state: el('span', { class: 'seat__state', hidden: true }),
      seconds: el('span', { class: 'seat__seconds number', hidden: true, 'aria-hidden': 'true' }),
      backs: el('div', { class: 'seat__backs', hidden: true }),
      name: el('span', { text: player.name, dir: 'auto' }),
      take: player.is_bot && el('button', {
        class: 'seat__take', type: 'button', hidden: true, 'aria-label': t('takeSeatOf', player),
        on: { click: () => this.onSit(seat) },
      }, el('span', { text: t('takeSeat') })),
    };
    face.append(parts.net, parts.seconds);
    const about = el('div', { class: 'seat__about' },
      el('div', { class: 'seat__name' }, parts.name, badge(player)),
      el('div', { class: 'seat__chips' }, art(coin('coins')), parts.chips), parts.state, parts.take);
    return { parts, children: [face, about, parts.backs] };
  }

  update(seat, known, state) {
    const { root, parts, shown } = this.nodes.get(seat);
    parts.name.textContent = known.player.name;
    if (shown.stack !== known.stack) {
      countTo(parts.chips, shown.stack, known.stack);
      shown.stack = known.stack;
    }
    parts.net.hidden = known.passNet === 0;
    parts.net.dataset.sign = String(Math.sign(known.passNet));
    parts.net.textContent = amount(known.passNet, { sign: true });
    parts.net.setAttribute(
      'title', t('passNet', { amount: amount(known.passNet, { sign: true }) }),
    );
    root.toggleAttribute('data-offline', !known.online);
    if (parts.take) parts.take.hidden = !state.canTake(known);
    const word = known.promisedTo ? (seat === state.promisedSeat ? 'promisedYou' : 'promised')
      : known.leaving ? 'leaving' : !known.online ? 'offline' : known.trustee ? 'trustee' : null;
    parts.state.hidden = word === null;
    parts.state.textContent = word ? t(word) : '';
  }

  /** The tiles that another seat holds: backs, or faces in a replay and at the end of a hand. */
  showBacks(seat, { tilesLeft }, faces, pips) {
    const { parts, shown, root } = this.nodes.get(seat);
    const own = root.dataset.place === 'mine';
    const key = faces ? `${pips}/${faces.join()}` : tilesLeft;
    parts.backs.hidden = own || (!faces && !tilesLeft) || (faces?.length === 0);
    if (shown.backs === key || own) return;
    shown.backs = key;
    const tiles = faces
      ? faces.map((tile) => el('span', {
        class: 'tile', role: 'img', art: tileFace(...numbersOf(tile)),
        'aria-label': t('tileName', { a: tile[0], b: tile[2] }),
      }))
      : Array.from(
        { length: tilesLeft ?? 0 }, () => el('span', { class: 'tile', art: tileBack() }),
      );
    parts.backs.replaceChildren(
      el(
        'span',
        { class: 'backs', 'aria-hidden': faces ? null : 'true', data: { faces: Boolean(faces) } },
        ...tiles,
      ),
      countOf(faces?.length ?? tilesLeft ?? 0, faces && pips ? faces : null));
  }

  /**
   * The ring of the seat whose turn it is.
   * @param {ReturnType<import('./state.js').TableState['clock']>} clock
   */
  tick(clock) {
    for (const [seat, { root, parts }] of this.nodes) {
      if (!parts.ringNode) continue;
      const active = clock?.seat === seat;
      setAttribute(parts.ringNode, 'hidden', !active);
      root.toggleAttribute('data-active', active);
      const hot = active && (clock.inBank || clock.seconds <= 5);
      parts.seconds.hidden = !hot;
      if (!active) continue;
      const left = clock.inBank ? clock.bankLeft : clock.left;
      parts.ringNode.style.setProperty('--left', left.toFixed(3));
      parts.ringNode.toggleAttribute('data-late', !clock.inBank && left < 0.5 && left >= 0.2);
      parts.ringNode.toggleAttribute('data-last', !clock.inBank && left < 0.2);
      parts.ringNode.toggleAttribute('data-bank', clock.inBank);
      if (hot) parts.seconds.textContent = String(clock.seconds);
    }
  }

  /** What a player just did, beside its seat, for a while. */
  bubble(seat, text, { detail = '', kind = 'say' } = {}) {
    const root = this.nodes.get(seat)?.root;
    if (!root) return;
    root.querySelector('.bubble')?.remove();
    const node = el('div', { class: 'bubble', data: { kind }, 'aria-hidden': 'true' },
      el('span', { text }), detail && el('small', { text: detail }));
    root.append(node);
    clearTimeout(this.timers.get(seat));
    this.timers.set(seat, setTimeout(() => node.remove(), BUBBLE_MS));
  }

  deal(from) {
    for (const { root } of this.nodes.values()) {
      [...root.querySelectorAll('.backs .tile')].forEach((node, i) => {
        const { left, top } = node.getBoundingClientRect();
        animate(node, [
          { translate: `${from.x - left}px ${from.y - top}px`, rotate: '50deg', opacity: 0 },
          { opacity: 1, offset: 0.2 },
          { translate: '0 0', rotate: '0deg' },
        ], { duration: 360, delay: 30 + i * 75, easing: 'cubic-bezier(.2,.8,.25,1)' });
      });
    }
  }

  faceOf(seat) { return this.nodes.get(seat)?.parts.face ?? null; }
  rootOf(seat) { return this.nodes.get(seat)?.root ?? null; }
  backsOf(seat) {
    const backs = this.nodes.get(seat)?.parts.backs;
    return backs && !backs.hidden ? backs.querySelector('.tile:last-child') : this.faceOf(seat);
  }

  stop() { for (const timer of this.timers.values()) clearTimeout(timer); }
}

/** How many tiles a seat holds, or how many pips they have; a single tile left is a warning. */
function countOf(count, counted) {
  const pips = counted?.reduce((sum, tile) => sum + pipsOf(tile), 0);
  return el('span', {
    class: 'seat__count number', role: 'img',
    data: { last: !counted && count === 1, pips: Boolean(counted) },
    text: counted ? `${pips} ●` : String(count),
    'aria-label': counted ? t('pipsLeft', { count: pips }) : t('tilesLeft', { count }),
  });
}

/** Counts a figure up or down to its new value; the exact one is there for assistive technology. */
function countTo(node, from, to) {
  const began = performance.now();
  node.dataset.chips = String(to);
  node.title = amount(to, { full: true });
  if (from === undefined || matchMedia('(prefers-reduced-motion: reduce)').matches) {
    node.textContent = amount(to);
    return;
  }
  const step = (now) => {
    const share = Math.min(1, (now - began) / COUNT_MS);
    if (node.dataset.chips !== String(to)) return;
    node.textContent = amount(Math.round(from + (to - from) * share));
    if (share < 1) requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
}

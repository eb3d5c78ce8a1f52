/** What flies and falls over the table: coins between seats, petals for a winner, big words. */
import { coin } from '../coins.js';
import { animate, art, el, middleOf, wantsLessMotion } from '../dom.js';
import { kawung } from '../tiles.js';

const FLIGHT_MS = 720;
const COINS_MAX = 9;
const PETALS = 44;
const PETAL_COLOURS = ['#fbdf97', '#f0c261', '#6fd3a6', '#fff3cf', '#ff9d8c', '#8ec9ff'];

/**
 * Coins from one place to another, one after the other.
 * @param {HTMLElement} layer @param {Element | null} from @param {Element | null} to
 * @param {{count?: number, delay?: number}} [options]
 */
export function flyCoins(layer, from, to, { count = 3, delay = 0 } = {}) {
  if (!from || !to || wantsLessMotion()) return;
  const home = layer.getBoundingClientRect();
  const start = middleOf(from);
  const end = middleOf(to);
  for (let i = 0; i < Math.min(count, COINS_MAX); i += 1) {
    const node = el('span', { class: 'flying-coin' }, art(coin('coins')));
    layer.append(node);
    const at = (point) => `${point.x - home.left - 13}px ${point.y - home.top - 13}px`;
    const bow = ((i % 3) - 1) * 26;
    const top = {
      x: (start.x + end.x) / 2 + bow, y: (start.y + end.y) / 2 - 40 - Math.abs(bow),
    };
    const flight = animate(node, [
      { translate: at(start), scale: 0.4, opacity: 0 },
      { opacity: 1, scale: 1, offset: 0.15 },
      { translate: at(top), scale: 1.15, offset: 0.5 },
      { opacity: 1, offset: 0.9 },
      { translate: at(end), scale: 0.7, opacity: 0 },
    ],
    {
      duration: FLIGHT_MS, delay: delay + i * 70, easing: 'cubic-bezier(.6,0,.3,1)', fill: 'both',
    });
    flight?.finished.then(() => node.remove(), () => node.remove());
  }
}

/** Petals of the kawung flower fall over a winner. */
export function celebrate(layer) {
  if (wantsLessMotion()) return;
  const { width, height } = layer.getBoundingClientRect();
  for (let i = 0; i < PETALS; i += 1) {
    const colour = PETAL_COLOURS[i % PETAL_COLOURS.length];
    const size = 14 + Math.random() * 18;
    const node = art('<svg class="petal" viewBox="-10 -10 20 20" aria-hidden="true" '
      + `fill="${colour}">${kawung(9)}</svg>`);
    node.style.width = `${size}px`;
    layer.append(node);
    const x = width / 2 + (Math.random() - 0.5) * width * 0.9;
    const drift = (Math.random() - 0.5) * 180;
    const fall = animate(node, [
      { translate: `${x}px -40px`, rotate: '0deg', opacity: 1 },
      { opacity: 1, offset: 0.75 },
      {
        translate: `${x + drift}px ${height * (0.6 + Math.random() * 0.5)}px`,
        rotate: `${(Math.random() - 0.5) * 900}deg`, opacity: 0,
      },
    ],
    {
      duration: 1800 + Math.random() * 1600, delay: Math.random() * 500,
      easing: 'cubic-bezier(.3,.1,.6,1)', fill: 'both',
    });
    fall?.finished.then(() => node.remove(), () => node.remove());
  }
}

/** A big word over the felt for a moment. */
export function shout(layer, text, kind = 'win') {
  const node = el('div', { class: 'shout', text, data: { kind }, 'aria-hidden': 'true' });
  layer.append(node);
  animate(node, [
    { scale: 0.4, opacity: 0 }, { scale: 1.12, opacity: 1, offset: 0.2 },
    { scale: 1, offset: 0.3 }, { scale: 1, opacity: 1, offset: 0.85 }, { scale: 1.05, opacity: 0 },
  ], { duration: 1500, easing: 'ease-out', fill: 'both' });
  setTimeout(() => node.remove(), 1500);
}

/** A flash of light on a seat. */
export function flash(node) {
  if (!node) return;
  animate(node, [
    { filter: 'brightness(1)' }, { filter: 'brightness(1.7)' }, { filter: 'brightness(1)' },
  ],
    { duration: 420 });
}

/** A head is shaken: this seat cannot place. */
export function shake(node) {
  if (!node) return;
  const steps = [0, -6, 6, -4, 4, 0].map((x) => ({ translate: `${x}px 0` }));
  animate(node, steps, { duration: 380, easing: 'ease-in-out' });
}

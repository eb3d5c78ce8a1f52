/** Coins and betting chips, as inline SVG. */
import { kawung } from './tiles.js';

const COINS = {
  coins: `<circle cx="12" cy="12.8" r="10" fill="var(--kuningan-500)"/>
    <circle cx="12" cy="11.6" r="10" fill="var(--kuningan-300)"/>
    <circle cx="12" cy="11.6" r="7.6" fill="var(--kuningan-400)"/>
    <circle cx="12" cy="12.1" r="7.1" fill="var(--kuningan-200)"/>
    <g transform="translate(12 12)" fill="var(--kuningan-500)">${kawung(4.6)}</g>`,
  gems: `<path d="M7 4h10l5 6.500L12 21.5 2 10.5 7 4Z" fill="#2f86de"/>
    <path d="M7 4h10l-2.5 6.500h-5L7 4Z" fill="#bfe2ff"/><path d="M7 4 2 10.500h7.500L7 4Z" fill="#74b9f7"/>
    <path d="m17 4 5 6.500h-7.500L17 4Z" fill="#5aa7f0"/><path d="M9.5 10.500h5L12 21.500l-2.5-11Z" fill="#4a98e6"/>`,
  tokens: `<path d="M12 1.8 20.8 7v10L12 22.2 3.2 17V7L12 1.800Z" fill="#5a37a8"/>
    <path d="M12 1.8 20.8 7v9L12 21.2 3.2 16V7L12 1.800Z" fill="#9a70e6"/>
    <path d="m12 5 6 3.600v6.600l-6 3.6-6-3.600V8.600L12 5Z" fill="#7a50cc"/>
    <g transform="translate(12 11.9)" fill="#e9dbff">${kawung(4.2)}</g>`,
};

/** One of the three currencies. */
export function coin(name) {
  return `<svg class="coin" viewBox="0 0 24 24" aria-hidden="true" focusable="false">${COINS[name]}</svg>`;
}

/** A pile of betting chips seen from the table's edge; `count` from 1 to 6. */
export function chipPile(count = 3, colour = 'var(--sambal-500)') {
  const layer = (i) => {
    const y = 26 - i * 4.6;
    return `<path d="M3 ${y}v4.600a13 6.4 0 0 0 26 0V${y}Z" fill="${colour}"/>
      <path d="M3 ${y}v4.600a13 6.4 0 0 0 26 0V${y}Z" fill="rgb(0 0 0 / .34)"/>
      <path d="M8.5 ${y + 5}v4.300l4 1V${y + 6}ZM19.5 ${y + 6}v4.300l4-1V${y + 5}Z" fill="rgb(255 250 235 / .82)"/>
      <ellipse cx="16" cy="${y}" rx="13" ry="6.4" fill="${colour}"/>`;
  };
  const top = 26 - (count - 1) * 4.6;
  return `<svg class="chip-pile" viewBox="0 -5 32 43" aria-hidden="true" focusable="false">
    <ellipse cx="16" cy="32" rx="15" ry="6" fill="rgb(0 0 0 / .35)"/>
    ${Array.from({ length: count }, (_, i) => layer(i)).join('')}
    <ellipse cx="16" cy="${top}" rx="11.2" ry="5.2" fill="none" stroke="rgb(255 250 235 / .8)"
      stroke-width="2.2" stroke-dasharray="4.4 4.2"/>
    <ellipse cx="16" cy="${top}" rx="7.4" ry="3.4" fill="rgb(255 255 255 / .2)"/></svg>`;
}

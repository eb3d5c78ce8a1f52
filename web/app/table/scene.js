/** The room and the table without anybody: bar, felt, places for seats, line and rack. */
import { coin } from '../coins.js';
import { art, el } from '../dom.js';
import { amount, t } from '../i18n.js';
import { icon } from '../icons.js';
import { kawung } from '../tiles.js';

/** The kawung pattern woven into the felt; only its rim is seen, the middle stays calm. */
const weave = () => `<svg aria-hidden="true" focusable="false"><defs>
  <pattern id="weave" width="56" height="56" patternUnits="userSpaceOnUse">
    <g transform="translate(28 28)">${kawung(25)}</g>
  </pattern></defs><rect width="100%" height="100%" fill="url(#weave)"/></svg>`;

export function roundButton(name, label, action, more = {}) {
  return el('button', {
    class: `button button--round ${more.class ?? ''}`, type: 'button', 'aria-label': label,
    title: label, on: { click: action }, ...more.attributes,
  }, art(icon(name)));
}

/** @returns {Record<string, HTMLElement>} the parts by name; `root` is the whole */
export function buildScene() {
  const parts = {
    title: el('b', { text: 'Gaple' }),
    stake: el('span', { class: 'room__stake' }),
    tools: el('div', { class: 'bar__tools' }),
    menu: el('div', { class: 'bar__menu' }),
    ends: el('div', { class: 'plate ends', hidden: true, 'aria-hidden': 'true' }),
    banner: el('div', { class: 'banner', role: 'status', hidden: true }),
    print: el('p', { class: 'print', 'aria-hidden': 'true' }),
    line: el('div', { class: 'line', role: 'group', 'aria-label': t('lineEmpty') }),
    seats: el('ol', { class: 'seats', 'aria-label': t('table') }),
    myPlace: el('div', { class: 'mine__me' }),
    tiles: el('div', { class: 'hand__tiles', role: 'group', 'aria-label': t('yourTiles') }),
    prompt: el('p', { class: 'prompt', role: 'status', 'aria-live': 'polite', hidden: true }),
    actions: el('div', { class: 'actions' }),
    effects: el('div', { class: 'effects', 'aria-hidden': 'true' }),
    center: el('div', { class: 'center', 'aria-hidden': 'true' }),
  };
  parts.hand = el('div', { class: 'hand', id: 'hand', tabindex: '-1' }, parts.prompt, parts.tiles);
  parts.mine = el(
    'section', { class: 'mine', 'aria-label': t('you') }, parts.myPlace, parts.hand, parts.actions,
  );
  parts.root = el('div', { class: 'scene' },
    el('header', { class: 'bar' }, parts.menu,
      el('div', { class: 'plate room' }, el('div', {}, parts.title, parts.stake)),
      el('div', { class: 'bar__gap' }), parts.ends, parts.tools),
    parts.banner,
    el('main', { class: 'table', id: 'main' }, el('div', { class: 'table__rail' }),
      el('div', { class: 'table__felt', art: weave() }), parts.print, parts.center, parts.line),
    parts.seats, parts.mine, parts.effects);
  return parts;
}

/** What the table is: its name, its stake. */
export function nameTable(parts, state) {
  parts.title.textContent = state.name ? `Gaple · ${state.name}` : 'Gaple';
  parts.stake.replaceChildren(el('span', { text: t('stake') }), art(coin('coins')),
    el('span', { class: 'number', text: amount(state.baseBet) }),
    state.spectators > 0 ? el('span', {
      class: 'room__watchers', 'aria-label': t('spectators', { count: state.spectators }),
      role: 'img',
    },
      art(icon('eye')), el('span', { text: String(state.spectators) })) : '');
  parts.print.textContent = `Gaple · ${state.name ?? ''} · ${amount(state.baseBet)}`;
}

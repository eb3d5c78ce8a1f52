/** The choice of a stake: one group, one tab stop, arrows move the choice. */
import { chipPile } from '../coins.js';
import { art, el } from '../dom.js';
import { amount, t } from '../i18n.js';

const COLOURS = [
  '#8a93a8', 'var(--pandan-400)', 'var(--langit-500)', 'var(--sambal-500)', 'var(--ungu-500)',
  'var(--kuningan-400)',
];
const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

/**
 * @param {HTMLElement} root @param {any[]} stakes
 * @param {{chosen: any, balance: number, vipLevel: number, onChoose: (id: any) => void}} options
 */
export function stakeChooser(root, stakes, { chosen, balance, vipLevel, onChoose }) {
  let current = chosen;
  const barrier = (stake) => barrierOf(stake, { balance, vipLevel });
  const nodes = stakes.map((stake, i) => tierNode(stake, i, barrier(stake), {
    choose: () => choose(stake.id), step: (by) => step(i, by),
  }));
  const mark = () => nodes.forEach((node, i) => {
    const on = stakes[i].id === current;
    node.setAttribute('aria-checked', String(on));
    node.tabIndex = on ? 0 : -1;
  });
  const choose = (id) => {
    current = id;
    mark();
    onChoose(id);
  };
  const step = (from, by) => {
    const next = (from + by + stakes.length) % stakes.length;
    if (barrier(stakes[next])) return;
    choose(stakes[next].id);
    nodes[next].focus();
  };
  const update = (fresh) => fresh.forEach((stake, i) => {
    const live = nodes[i]?.querySelector('.tier__live');
    if (live && stakes[i]?.id === stake.id) live.replaceChildren(...liveWords(stake));
  });
  mark();
  return { nodes, update };
}

const liveWords = ({ tables = 0, players = 0 }) => [
  el('span', { class: 'tier__tables', text: `${t('tablesOpen', { count: tables })} · ` }),
  el('span', { text: t('online', { count: players }) }),
];

/** Why a stake cannot be chosen, in words; null where it can. */
function barrierOf(stake, { balance, vipLevel }) {
  if ((stake.vip_level_min ?? 0) > vipLevel) return t('locked', { level: stake.vip_level_min });
  return stake.buy_in_min > balance ? t('tooDear') : null;
}

function tierNode(stake, i, barrier, { choose, step }) {
  return el('button', {
    class: 'tier', type: 'button', role: 'radio', 'aria-disabled': barrier ? 'true' : null,
    data: { stake: stake.id },
    on: {
      click: () => { if (!barrier) choose(); },
      keydown: (event) => {
        if (!STEPS[event.key]) return;
        event.preventDefault();
        step(STEPS[event.key]);
      },
    },
  }, art(chipPile(Math.min(6, i + 1), COLOURS[i % COLOURS.length])),
  el('b', { text: stake.name }), el('span', { class: 'number', text: amount(stake.base_bet) }),
  el('small', { text: barrier ?? t('entry', { amount: amount(stake.buy_in_min) }) }),
  el('small', { class: 'tier__live' }, ...liveWords(stake)));
}

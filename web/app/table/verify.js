/** "Verify this deal": the browser recomputes the shuffle and shows each step of it. */
import { tilesBySeat, tileText, verifyDeal } from '../../client/fair.js';
import { announce, art, el } from '../dom.js';
import { t } from '../i18n.js';
import { icon } from '../icons.js';
import { tileFace } from '../tiles.js';
import { numbersOf } from './state.js';

/**
 * @param {any} result a `hand.ended`: its `reveal` is checked
 * @param {{players: Map<number, any>, mySeat: number | null, promised?: string, dealt?: string[],
 *   seed?: string}} table `promised`: the seal as it was announced before the hand; `dealt`: the
 *   tiles that this player was dealt
 */
export function verifyPanel(result, table) {
  const panel = el('section', { class: 'proof', 'aria-labelledby': 'proof-title' },
    el('h2', { id: 'proof-title', text: t('verifyTitle'), tabindex: '-1' }),
    el('p', { class: 'proof__state', role: 'status', text: t('verifying') }));
  check(panel, result, table).catch(() => show(panel, [[false, t('notRevealed')]], false));
  return panel;
}

async function check(panel, result, table) {
  const record = { ...result.reveal, deck: result.reveal.deck.map(asID) };
  const verdict = await verifyDeal(record);
  const seats = [...(result.net ?? []).map(({ seat }) => seat)].sort((a, b) => a - b);
  const hands = tilesBySeat(verdict.computedDeck, seats);
  const steps = [
    [verdict.commit, t('checkCommit')],
    table.promised && [table.promised === record.commit, t('checkPromise')],
    [verdict.scheme && verdict.deck, t('checkDeck')],
    table.dealt?.length > 0 && [sameTiles(table.dealt, hands.get(table.mySeat)), t('checkTiles')],
    table.seed && [record.client_seeds.includes(table.seed), t('checkSeed')],
  ].filter(Boolean);
  const good = steps.every(([fine]) => fine);
  show(panel, steps, good);
  panel.append(details(record, hands, table), copyButton(record));
  announce(t(good ? 'allGood' : 'notGood'));
}

const asID = (tile) => (typeof tile === 'number' ? tile : idOf(tile));
function idOf(tile) {
  const [low, high] = numbersOf(tile);
  return 7 * low - (low * (low - 1)) / 2 + (high - low);
}

const sameTiles = (dealt, computed = []) =>
  [...dealt].sort().join() === computed.map(tileText).sort().join();

function show(panel, steps, good) {
  panel.dataset.verdict = good ? 'good' : 'bad';
  panel.querySelector('.proof__state').textContent = t(good ? 'allGood' : 'notGood');
  panel.append(
    el('p', { class: 'proof__intro', text: t('verifyIntro') }),
    el('ul', { class: 'proof__steps' }, ...steps.map(([fine, words]) =>
      el('li', { data: { fine } }, art(icon(fine ? 'check' : 'close')), el('span', { text: words }),
        el('b', { text: t(fine ? 'good' : 'bad') })))));
}

function details(record, hands, { players }) {
  const rows = [
    ['commit', record.commit], ['serverSeed', record.server_seed],
    ['clientSeeds', record.client_seeds.join(', ')], ['nonce', String(record.nonce)],
  ];
  return el('div', { class: 'proof__details' },
    el(
      'dl', {},
      ...rows.flatMap(
        ([word, value]) => [el('dt', { text: t(word) }), el('dd', {}, el('code', { text: value }))],
      ),
    ),
    el('ul', { class: 'proof__hands' }, ...[...hands].map(([seat, tiles]) => {
      const texts = tiles.map(tileText);
      const name = players.get(seat)?.name ?? '';
      return el('li', { 'aria-label': t('deckOf', { name, tiles: texts.join(', ') }) },
        el('span', { text: name, 'aria-hidden': 'true', dir: 'auto' }),
        el('span', { class: 'proof__tiles', 'aria-hidden': 'true' },
          ...texts.map(
            (text) => el('span', { class: 'tile', art: tileFace(...numbersOf(text)) }),
          )));
    })));
}

/** The record as `higgs fair verify` reads it. */
function copyButton(record) {
  const { scheme, commit, server_seed, client_seeds, nonce, deck } = record;
  const text = JSON.stringify({ scheme, commit, server_seed, client_seeds, nonce, deck });
  return el('button', {
    class: 'button button--quiet', type: 'button', text: t('copyRecord'),
    on: {
      click: async ({ currentTarget }) => {
        await navigator.clipboard?.writeText(text).catch(() => {});
        currentTarget.textContent = t('copied');
      },
    },
  });
}

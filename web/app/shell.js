/** The frame of every screen but the table: who plays, what he has, where to go. */
import { coin } from './coins.js';
import { wordsFor } from './dialog.js';
import { art, el } from './dom.js';
import { amount, t } from './i18n.js';
import { icon } from './icons.js';
import { openProfile } from './pages/profile.js';
import { portrait } from './table/seats-view.js';
import { roundButton } from './table/scene.js';

const TABS = [
  ['home', '#/lobby', 'home'], ['hands', '#/hands', 'history'], ['wallet', '#/wallet', 'wallet'],
];

/**
 * @param {any} app @param {string} current the word of the open tab @param {HTMLElement} main
 * @returns {{node: HTMLElement, close: () => void}}
 */
export function shell(app, current, main) {
  const chips = el('span', { class: 'number', text: '…', data: { balance: '' } });
  const stop = app.watchBalance((balance) => {
    chips.textContent = amount(balance);
    chips.dataset.balance = String(balance);
    chips.title = t('exact', { amount: amount(balance, { full: true }) });
  });
  void app.refreshWallet();
  main.id = 'main';
  const node = el('div', { class: 'screen' },
    el('header', { class: 'top' },
      me(app), tabs(current, 'tabs tabs--top'), el('div', { class: 'top__gap' }),
      el(
        'a', { class: 'purse', href: '#/wallet', 'aria-label': t('wallet') }, art(coin('coins')),
        chips,
      ),
      roundButton('globe', t('otherLanguage'), () => app.switchLanguage()),
      roundButton('gear', t('settings'), () => openProfile(app))),
    main, tabs(current, 'tabs tabs--bottom'));
  return { node, close: stop };
}

function me(app) {
  const { player } = app.client;
  return el('button', {
    class: 'top__me', type: 'button', 'aria-label': `${t('profile')}: ${player?.name ?? ''}`,
    on: { click: () => openProfile(app) },
  },
    portrait(player ?? { id: '' }, { ring: false }),
    el('span', {}, el('b', { text: player?.name ?? '', dir: 'auto' }),
      player?.is_guest !== false && el('span', { class: 'tag', text: t('guest') })));
}

function tabs(current, className) {
  return el('nav', {
    class: className, 'aria-label': t('menu'),
  }, ...TABS.map(([word, href, drawing]) =>
    el(
      'a', { href, 'aria-current': word === current ? 'page' : null }, art(icon(drawing)),
      el('span', { text: t(word) }),
    )));
}

/** Shows what a promise brings, or why it brought nothing, with a way to try again. */
export async function fill(place, load, show) {
  place.replaceChildren(el('p', { class: 'hint', role: 'status', text: t('loading') }));
  try {
    place.replaceChildren(...show(await load()));
  } catch (error) {
    place.replaceChildren(el('p', { class: 'hint', role: 'alert', text: wordsFor(error) }),
      el(
        'button',
        {
          class: 'button', type: 'button', text: t('tryAgain'),
          on: { click: () => fill(place, load, show) },
        },
      ));
  }
}

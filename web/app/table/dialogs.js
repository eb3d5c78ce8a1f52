/** The dialogs of a table: its menu, sitting down, topping up, reactions, fair deals. */
import { openDialog, field, toast, toastError } from '../dialog.js';
import { art, el } from '../dom.js';
import { amount, t } from '../i18n.js';
import { icon } from '../icons.js';

export const EMOTES = {
  halo: '👋', bagus: '👏', aduh: '😖', haha: '😂',
  gas: '🔥', sabar: '⏳', maaf: '🙏', makasih: '💛',
};
const SEED_FORM = '[A-Za-z0-9_\\-]{1,64}';

const item = (name, text, action, more = '') => el('button', {
  class: `button menu__item ${more}`, type: 'button', on: { click: action },
}, art(icon(name)), el('span', { text }));

/**
 * @param {import('./state.js').TableState} state
 * @param {{toLobby: () => void, stand: () => void, topUp: () => void, addBots: () => void,
 *   fair: () => void, invite: (() => void) | null, lastResult: (() => void) | null}} actions
 */
export function openMenu(state, actions) {
  const run = (action) => () => {
    dialog.close();
    action();
  };
  const free = state.seatsMax - state.seats.size;
  const dialog = openDialog(t('tableMenu'), el('div', { class: 'menu' },
    item('home', t(state.isSeated ? 'toLobby' : 'home'), run(actions.toLobby)),
    actions.invite && item('friends', t('invite'), run(actions.invite)),
    actions.lastResult && item('history', t('result'), run(actions.lastResult)),
    state.isSeated && item('plus', t('topUp'), run(actions.topUp)),
    free > 0 && state.isSeated && item('robot', t('addBots'), run(actions.addBots)),
    item('shield', t('fairTitle'), run(actions.fair)),
    state.promisedSeat !== null
      && item('exit', t('giveUpPromise'), run(actions.stand), 'button--red'),
    state.isSeated && item('exit', t('standUp'), run(actions.stand), 'button--red'),
    state.isSeated && el('p', { class: 'hint', text: t('standHint') }),
    el('p', { class: 'hint hint--keys', text: t('shortcuts') })));
}

/**
 * Asks how many chips to bring; between the room's limits and what the wallet has.
 * @param {{min: number, max: number, balance: number, title: string, action: string,
 *   onChoose: (amount: number) => Promise<void>}} of
 */
export function askAmount({ min, max, balance, title, action, onChoose }) {
  const most = Math.min(max, balance);
  const enough = most >= min;
  const start = Math.min(most, Math.max(min, Math.round((min + most) / 4)));
  const shown = el('output', { class: 'amount__sum number', text: amount(start, { full: true }) });
  const range = /** @type {HTMLInputElement} */ (el('input', {
    type: 'range', min, max: Math.max(min, most), step: Math.max(1, Math.floor(min / 20)),
    value: start,
    disabled: !enough, 'aria-label': title,
    on: { input: () => { shown.textContent = amount(Number(range.value), { full: true }); } },
  }));
  const send = async (event) => {
    event.preventDefault();
    dialog.close();
    await onChoose(Number(range.value)).catch(toastError);
  };
  const dialog = openDialog(title, el('form', { class: 'amount', on: { submit: send } },
    shown, range,
    el(
      'div', { class: 'amount__limits' }, el('span', { text: amount(min) }),
      el('span', { text: amount(Math.max(min, most)) }),
    ),
    el(
      'p',
      {
        class: 'hint',
        text: enough ? t(
          'inWallet', { amount: amount(balance, { full: true }) },
        ) : t('error_insufficient_funds'),
      },
    ),
    el(
      'button', { class: 'button button--brass', type: 'submit', text: action, disabled: !enough },
    )));
}

/** How friends get to a private table. @param {number} room @param {string} code */
export function openInvitation(room, code) {
  const link = `${location.origin}${location.pathname}#/table/${room}/${code}`;
  const copy = async () => {
    await navigator.clipboard?.writeText(link);
    toast(t('copied'));
  };
  const shown = /** @type {HTMLInputElement} */ (el('input', {
    class: 'input', value: link, readonly: true, on: { focus: () => shown.select() },
  }));
  openDialog(t('invite'), el('div', { class: 'stack' },
    el('p', { class: 'code number', text: code, 'aria-label': t('codeIs', { code }) }),
    field(t('inviteLink'), shown, t('inviteHint')),
    el('button', {
      class: 'button button--brass', type: 'button', text: t('copyLink'),
      on: { click: () => copy().catch(() => shown.focus()) },
    })));
}

/** @param {(emote: string) => void} onChoose */
export function openEmotes(onChoose) {
  const dialog = openDialog(t('emote'), el('div', { class: 'emotes' },
    ...Object.entries(EMOTES).map(([name, sign]) => el('button', {
      class: 'button emotes__one', type: 'button',
      on: { click: () => { dialog.close(); onChoose(name); } },
    }, el('span', { class: 'emotes__sign', text: sign, 'aria-hidden': 'true' }),
    el('span', { text: t(`emote_${name}`) })))));
}

/** The seal of the next hand, and the player's own part in its shuffle. */
export function openFair(state, { seed, onSeed }) {
  const number = state.hand?.number ?? state.deal?.number;
  const commit = state.hand?.commit ?? state.commits.get(number) ?? state.deal?.commit;
  const input = /** @type {HTMLInputElement} */ (el('input', {
    class: 'input', value: seed ?? '', maxlength: 64, pattern: SEED_FORM, autocomplete: 'off',
    spellcheck: 'false', required: true,
  }));
  const send = async (event) => {
    event.preventDefault();
    dialog.close();
    await onSeed(input.value).then(() => toast(t('saved')), toastError);
  };
  const dialog = openDialog(t('fairTitle'),
    commit && el('div', { class: 'proof__details' },
      el(
        'dl', {}, el('dt', { text: t('fairCommit', { number }) }),
        el('dd', {}, el('code', { text: commit })),
      )),
    state.isSeated && el('form', { class: 'stack', on: { submit: send } },
      field(t('fairSeed'), input, t('fairHint')),
      el('button', { class: 'button button--brass', type: 'submit', text: t('save') })));
}

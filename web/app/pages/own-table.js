/** A table of one's own, for all or for friends, and the way to a friend's. */
import { field, openDialog, toast, toastError } from '../dialog.js';
import { el } from '../dom.js';
import { t } from '../i18n.js';

const CODE_FORM = '[A-Za-z0-9]{4,12}';
const addressOf = (room, code) => `#/table/${room}${code ? `/${code}` : ''}`;

/** @param {any} app @param {any} stake */
export function openOwnTable(app, stake) {
  const name = /** @type {HTMLInputElement} */ (el('input', {
    class: 'input', maxlength: 60, autocomplete: 'off', placeholder: stake.name,
  }));
  const isPrivate = /** @type {HTMLInputElement} */ (el('input', {
    type: 'checkbox', checked: true,
  }));
  const send = async (event) => {
    event.preventDefault();
    dialog.close();
    const wish = {
      stake: stake.id, private: isPrivate.checked, ...(name.value && { name: name.value }),
    };
    try {
      const { room, join_code: code } = await app.client.openRoom(wish);
      app.go(addressOf(room, code));
    } catch (error) {
      toastError(error);
    }
  };
  const dialog = openDialog(t('ownTable'), el('form', { class: 'stack', on: { submit: send } },
    field(t('tableName'), name, t('optional')),
    el('label', { class: 'check' }, isPrivate, el('span', { text: t('onlyFriends') })),
    el('p', { class: 'hint', text: t('ownTableHint') }),
    el('button', { class: 'button button--brass', type: 'submit', text: t('openTable') })));
}

/** @param {any} app */
export function openByCode(app) {
  const code = /** @type {HTMLInputElement} */ (el('input', {
    class: 'input input--code', maxlength: 12, pattern: CODE_FORM, required: true,
    autocomplete: 'off', autocapitalize: 'characters', spellcheck: 'false',
  }));
  const send = async (event) => {
    event.preventDefault();
    const wanted = code.value.toUpperCase();
    try {
      const { items: [room] } = await app.client.rooms({ join_code: wanted });
      if (!room) return void toast(t('codeUnknown'), { kind: 'bad' });
      dialog.close();
      app.go(addressOf(room.id, wanted));
    } catch (error) {
      toastError(error);
    }
  };
  const dialog = openDialog(t('byCode'), el('form', { class: 'stack', on: { submit: send } },
    field(t('tableCode'), code, t('codeHint')),
    el('button', { class: 'button button--brass', type: 'submit', text: t('join') })));
}

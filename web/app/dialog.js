/** Dialogs: the browser's own, so that focus, Escape and the page behind are in order. */
import { art, el } from './dom.js';
import { t } from './i18n.js';
import { icon } from './icons.js';

/**
 * Opens a dialog; it is gone once it closes.
 * @param {string} title @param {...(Node | null | false)} content
 * @returns {HTMLDialogElement}
 */
export function openDialog(title, ...content) {
  const close = el('button', {
    class: 'button button--round dialog__close', type: 'button', 'aria-label': t('close'),
    on: { click: () => dialog.close() },
  }, art(icon('close')));
  const dialog = /** @type {HTMLDialogElement} */ (el('dialog', {
    class: 'dialog panel', 'aria-labelledby': 'dialog-title',
    on: {
      close: () => dialog.remove(),
      click: (event) => { if (event.target === dialog) dialog.close(); },
    },
  }, el('div', { class: 'dialog__inside' },
    el('header', { class: 'dialog__head' }, el('h2', { id: 'dialog-title', text: title }), close),
    ...content)));
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

/** A labelled field. */
export function field(label, input, hint = '') {
  const id = `field-${Math.random().toString(36).slice(2, 9)}`;
  input.id = id;
  if (hint) input.setAttribute('aria-describedby', `${id}-hint`);
  return el('div', { class: 'field' }, el('label', { for: id, text: label }), input,
    hint && el('small', { id: `${id}-hint`, text: hint }));
}

/** A short message that goes away by itself. */
export function toast(text, { kind = 'info' } = {}) {
  const place = document.getElementById('toasts');
  const node = el('p', { class: 'toast', text, data: { kind } });
  place?.append(node);
  setTimeout(() => node.remove(), 4000);
}

/** The words for a refusal. */
export function wordsFor(error) {
  const key = `error_${error?.code}`;
  const words = t(key);
  return words === key ? t(
    'error_other', { detail: error?.detail || error?.message || error?.code || '' },
  )
    : words;
}

export const toastError = (error) => toast(wordsFor(error), { kind: 'bad' });

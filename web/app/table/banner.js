/** Says when the connection is gone, the table is paused, and when all is well again. */
import { art, setAttribute } from '../dom.js';
import { t } from '../i18n.js';
import { icon } from '../icons.js';

const GOOD_NEWS_MS = 2200;
/** What to say where a new connection would be refused just so. */
const FINAL_WORDS = {
  4403: 'error_account_not_active', 4409: 'error_too_many_sockets', 4426: 'error_upgrade',
};
const PATIENCE_MS = 400; // a connection that comes at once needs no words

export class Banner {
  /** @param {HTMLElement} root */
  constructor(root) {
    Object.assign(this, { root, cut: false, isPaused: false, wasCut: false, timer: 0 });
  }

  connection(status, code) {
    this.cut = status !== 'online' && status !== 'idle';
    clearTimeout(this.timer);
    if (FINAL_WORDS[code]) return this.show('bad', t(FINAL_WORDS[code]));
    if (status === 'waiting') this.wasCut = true;
    if (!this.cut && this.wasCut) {
      this.wasCut = false;
      this.show('good', t('reconnected'));
      this.timer = setTimeout(() => this.settle(), GOOD_NEWS_MS);
      return undefined;
    }
    if (this.cut && !this.wasCut) {
      this.timer = setTimeout(() => this.settle(), PATIENCE_MS);
      return undefined;
    }
    return this.settle();
  }

  paused(value) {
    this.isPaused = value;
    this.settle();
  }

  settle() {
    if (this.cut) this.show('wait', t(this.wasCut ? 'reconnecting' : 'connecting'));
    else if (this.isPaused) this.show('pause', t('pausedFor'));
    else setAttribute(this.root, 'hidden', true);
  }

  show(kind, text) {
    this.root.hidden = false;
    this.root.dataset.kind = kind;
    this.root.replaceChildren(
      art(icon({ wait: 'wifi', pause: 'pause', good: 'check', bad: 'wifi' }[kind])), text,
    );
  }
}

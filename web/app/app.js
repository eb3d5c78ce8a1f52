/** The page as a whole: who is signed in, which screen is open, what all screens share. */
import { HiggsClient } from '../client/higgs-client.js';
import { toast } from './dialog.js';
import { language, restoreLanguage, setLanguage, t } from './i18n.js';
import { HandsPage } from './pages/hands.js';
import { LobbyPage } from './pages/lobby.js';
import { ReplayPage } from './pages/replay.js';
import { SignInPage } from './pages/sign-in.js';
import { WalletPage } from './pages/wallet.js';
import { restoreSound } from './sound.js';
import { installTileDefinitions } from './tiles.js';
import { TablePage } from './table/page.js';

const CURRENCY = 'COINS';
const SEED_KEY = 'higgs.seed';

const ROUTES = [
  [/^#\/lobby$/, LobbyPage, () => ({})],
  [/^#\/table\/(\d+)(?:\/([A-Za-z0-9]{4,12}))?$/, TablePage,
    ([, room, code]) => ({ room: Number(room), code: code?.toUpperCase() })],
  [/^#\/hands$/, HandsPage, () => ({})],
  [/^#\/hands\/([0-9a-zA-Z-]+)$/, ReplayPage, ([, id]) => ({ id })],
  [/^#\/wallet$/, WalletPage, () => ({})],
];

export class App {
  /** @param {Document} document */
  constructor(document) {
    this.root = document.getElementById('app');
    this.storage = storageOf(globalThis);
    this.client = new HiggsClient({ storage: this.storage, name: 'higgs-web/1' });
    this.balance = null;
    this.page = null;
    this.watchers = new Set();
  }

  start() {
    restoreLanguage(this.storage, new URLSearchParams(location.search).get('lang'));
    restoreSound(this.storage);
    installTileDefinitions();
    this.client.on('signed-out', () => this.signedOut());
    this.client.on(
      'wallet', ({ currency, balance }) => currency === CURRENCY && this.setBalance(balance),
    );
    addEventListener('hashchange', () => this.route());
    addEventListener('visibilitychange', () => { if (!document.hidden) this.client.reconnect(); });
    document.getElementById('skip').addEventListener('click', (event) => {
      event.preventDefault();
      const main = document.getElementById('main');
      main?.setAttribute('tabindex', '-1');
      main?.focus();
    });
    this.route();
  }

  // ---- Screens ---------------------------------------------------------------------------------

  go(hash) {
    if (location.hash === hash) this.route();
    else location.hash = hash;
  }

  route() {
    const hash = location.hash || '#/lobby';
    if (hash === '#main' || hash === '#hand') return;
    if (!this.client.isSignedIn) return this.show(SignInPage, { next: hash });
    this.client.connect();
    for (const [pattern, Page, params] of ROUTES) {
      const match = hash.match(pattern);
      if (match) return this.show(Page, params(match));
    }
    return this.go('#/lobby');
  }

  show(Page, params) {
    this.page?.close?.();
    document.querySelectorAll('dialog[open]').forEach(
      (dialog) => /** @type {any} */ (dialog).close(),
    );
    document.documentElement.lang = language();
    document.title = 'Higgs Domino';
    document.getElementById('skip').textContent = t('skip');
    this.page = new Page(this, params);
    this.root.replaceChildren(this.page.node);
    scrollTo(0, 0);
    this.page.open?.();
  }

  switchLanguage() {
    const other = language() === 'id' ? 'en' : 'id';
    setLanguage(other, this.storage);
    if (this.client.isSignedIn) this.client.updateMe({ locale: other }).catch(() => {});
    this.route();
  }

  // ---- The player ------------------------------------------------------------------------------

  async signIn(options) {
    await this.client.signInAsGuest({ ...options, locale: language() });
    this.balance = null;
    this.route();
    void this.refreshWallet();
  }

  signedOut() {
    this.balance = null;
    if (this.page?.constructor !== SignInPage) {
      toast(t('signedOut'));
      history.replaceState(null, '', '#/lobby');
      this.route();
    }
  }

  /** Calls back now and whenever the balance changes; returns how to stop. */
  watchBalance(action) {
    this.watchers.add(action);
    if (this.balance !== null) action(this.balance);
    return () => void this.watchers.delete(action);
  }

  setBalance(balance) {
    this.balance = balance;
    for (const action of this.watchers) action(balance);
  }

  async refreshWallet() {
    const { items = [] } = await this.client.wallets().catch(() => ({}));
    const wallet = items.find(({ currency }) => currency === CURRENCY);
    if (wallet) this.setBalance(wallet.balance);
    return this.balance ?? 0;
  }

  get clientSeed() { return this.storage.getItem(SEED_KEY); }
  keepClientSeed(seed) { this.storage.setItem(SEED_KEY, seed); }
}

/** The browser's storage, or one for this visit where it is closed to us. */
function storageOf(window) {
  try {
    window.localStorage.setItem('higgs.probe', '1');
    window.localStorage.removeItem('higgs.probe');
    return window.localStorage;
  } catch {
    const values = new Map();
    return {
      getItem: (key) => values.get(key) ?? null,
      setItem: (key, value) => void values.set(key, value),
      removeItem: (key) => void values.delete(key),
    };
  }
}

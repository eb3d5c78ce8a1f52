/** The lobby: play at once, or choose a stake and a table. */
import { coin } from '../coins.js';
import { toastError } from '../dialog.js';
import { art, el } from '../dom.js';
import { amount, t } from '../i18n.js';
import { icon } from '../icons.js';
import { fill, shell } from '../shell.js';
import { tileBack, tileFace } from '../tiles.js';
import { uuidv7 } from '../../client/higgs-client.js';
import { openByCode, openOwnTable } from './own-table.js';
import { stakeChooser } from './stakes.js';

const REFRESH_MS = 8000;
const TIER_KEY = 'higgs.tier';

/** What the cards of the games look like; those that the server does not have come soon. */
const GAMES = [
  ['gaple', 'Gaple', 'gaplePitch', [[6, 6], [6, 3]]],
  ['qiuqiu', 'QiuQiu', 'qiuqiuPitch', [[4, 5], [3, 6], null]],
  ['bandar', 'Bandar QQ', 'bandarPitch', [[5, 4], null]],
  ['block', 'Block', 'blockPitch', [[1, 1], [1, 4]]],
  ['draw', 'Draw', 'drawPitch', [null, [0, 3]]],
  ['all_fives', 'All Fives', 'fivesPitch', [[5, 5], [5, 0]]],
];
const THROWN = [[6, 6], [6, 4], [4, 1], [1, 5], [5, 5]];

export class LobbyPage {
  constructor(app) {
    this.app = app;
    this.client = app.client;
    this.stakes = [];
    this.tier = null;
    this.hint = el('p', { class: 'hero__hint' });
    this.playButton = el('button', {
      class: 'button button--brass hero__play', type: 'button', disabled: true,
      on: { click: () => this.quickSeat() },
    },
      art(icon('bolt')), el('span', { text: t('playNow') }));
    this.games = el('ul', { class: 'games' });
    this.tiers = el('div', { class: 'tiers', role: 'radiogroup', 'aria-label': t('tiers') });
    this.rooms = el('ul', { class: 'rooms' });
    this.resume = el('div', { class: 'resume', hidden: true });
    const main = el('main', { class: 'lobby' }, this.resume, this.hero(),
      section('tiers', t('tiers'), this.tiers), section('rooms', t('rooms'), this.rooms, this.ownTables()),
      section('games', t('games'), this.games), el('p', { class: 'fine', text: t('noCash') }));
    this.shell = shell(app, 'home', main);
    this.node = this.shell.node;
  }

  /** A table of one's own, or a friend's. */
  ownTables() {
    const button = (name, words, action) => el('button', {
      class: 'button button--quiet', type: 'button', on: { click: action },
    }, art(icon(name)), el('span', { text: words }));
    return el('div', { class: 'rooms__more' },
      button('plus', t('ownTable'), () => {
        const stake = this.stakes.find(({ id }) => id === this.tier);
        if (stake) openOwnTable(this.app, stake);
      }),
      button('lock', t('byCode'), () => openByCode(this.app)));
  }

  get playing() { return this.stakes.reduce((sum, { players = 0 }) => sum + players, 0); }

  hero() {
    const tiles = THROWN.map(([a, b], i) =>
      el('span', { class: 'tile', data: { i }, art: tileFace(a, b) }));
    return el('section', { class: 'hero' },
      el('div', { class: 'hero__art', 'aria-hidden': 'true' },
        el('div', { class: 'hero__tiles' }, ...tiles)),
      el('div', { class: 'hero__text' },
        el('h1', { text: 'Higgs Domino' }), this.playButton, this.hint));
  }

  open() {
    void fill(this.tiers, () => this.loadStakes(), () => this.drawTiers());
    void fill(this.games, () => this.client.games(), ({ items }) => gameCards(items, this.playing));
    this.timer = setInterval(() => this.refresh(), REFRESH_MS);
    this.showResume();
  }

  close() {
    clearInterval(this.timer);
    this.shell.close();
  }

  async loadStakes() {
    const { items, online } = await this.client.stakes('gaple');
    this.online = online;
    this.stakes = [...items].sort((a, b) => a.base_bet - b.base_bet);
    const last = this.app.storage.getItem(TIER_KEY);
    const balance = this.app.balance ?? await this.app.refreshWallet();
    const affordable = this.stakes.filter(({ buy_in_min: least }) => least <= balance);
    this.tier ??= (this.stakes.find(({ id }) => String(id) === last)
      ?? affordable[Math.min(2, Math.max(0, affordable.length - 1))] ?? this.stakes[0])?.id ?? null;
    this.showTier();
    void this.loadRooms();
  }

  async refresh() {
    if (document.hidden) return;
    try {
      const { items, online } = await this.client.stakes('gaple');
      this.online = online;
      this.stakes = [...items].sort((a, b) => a.base_bet - b.base_bet);
      this.showTier();
      this.chooser?.update(this.stakes);
      await this.loadRooms();
    } catch {
      // The next round will tell.
    }
  }

  drawTiers() {
    this.chooser = stakeChooser(this.tiers, this.stakes, {
      chosen: this.tier, balance: this.app.balance ?? 0,
      vipLevel: this.client.player?.vip_level ?? 0, onChoose: (id) => this.chooseTier(id),
    });
    return this.chooser.nodes;
  }

  chooseTier(id) {
    this.tier = id;
    this.app.storage.setItem(TIER_KEY, String(id));
    this.showTier();
    void this.loadRooms();
  }

  showTier() {
    const stake = this.stakes.find(({ id }) => id === this.tier);
    this.playButton.disabled = !stake;
    const online = this.online > 0 ? [t('online', { count: this.online })] : [];
    this.hint.textContent = [
      ...(stake ? [t('playNowHint', { tier: stake.name })] : []), ...online].join(' · ');
  }

  async loadRooms() {
    const { items } = await this.client.rooms({ game: 'gaple', stake: this.tier });
    this.rooms.replaceChildren(...(items.length ? items.map((room) => this.roomRow(room))
      : [el('li', { class: 'hint', text: t('noRooms') })]));
  }

  roomRow(room) {
    const { bots = 0 } = room;
    const people = room.seats_taken - bots;
    const free = people < room.seats; // bots give up their seats
    const taken = [t('seatsTaken', { count: people, max: room.seats }),
      bots > 0 && t('withBots', { count: bots })].filter(Boolean).join(' · ');
    const about = el('div', { class: 'roomrow__about' },
      el('b', { text: `${room.name} · ${room.id}`, dir: 'auto' }),
      el('small', {}, art(coin('coins')),
        el('span', { class: 'number', text: amount(room.base_bet) }),
        el('span', { text: `· ${taken}` })));
    const way = el('a', {
      class: `button ${free ? 'button--green' : 'button--quiet'}`, href: `#/table/${room.id}`,
      'aria-label': t(free ? 'joinRoom' : 'watchRoom', { name: `${room.name} ${room.id}` }),
      text: t(free ? 'join' : 'watch'),
    });
    return el('li', { class: 'roomrow panel' }, art(icon('table')), about, way);
  }

  /** The table where one still sits, if there is one. */
  async showResume() {
    const me = await this.client.me().catch(() => null);
    const room = me?.seats?.[0]?.room;
    if (!room) return;
    this.resume.hidden = false;
    this.resume.replaceChildren(el('p', { text: t('stillSeated') }),
      el('a', { class: 'button button--green', href: `#/table/${room}`, text: t('backToTable') }));
  }

  async quickSeat() {
    this.playButton.disabled = true;
    this.hint.textContent = t('seating');
    this.seatKey ??= uuidv7(); // the same press, repeated after a failure, sits down once
    try {
      const { room } = await this.client.quickSeat({ stake: this.tier, key: this.seatKey });
      this.app.go(`#/table/${room}`);
    } catch (error) {
      if (error.code !== 'offline') this.seatKey = undefined;
      toastError(error);
      this.showTier();
    }
  }
}

const section = (name, title, ...content) => el('section', {
  class: `block block--${name}`, 'aria-labelledby': `h-${name}`,
}, el('h2', { id: `h-${name}`, text: title }), ...content);

function gameCards(items, playing) {
  const offered = new Set(items.map((game) => game.id));
  return GAMES.map(([id, name, pitch, tiles]) => {
    const there = offered.has(id) && id === 'gaple';
    const live = there ? t('online', { count: amount(playing, { full: true }) }) : t('soon');
    return el('li', { class: 'game', data: { game: id, soon: !there } },
      el('div', { class: 'game__art', 'aria-hidden': 'true' }, ...tiles.map((tile) =>
        el('span', { class: 'tile', art: tile ? tileFace(...tile) : tileBack() }))),
      el('div', { class: 'live', text: live }),
      el('div', { class: 'game__text' }, el('b', { text: name }), el('span', { text: t(pitch) })));
  });
}

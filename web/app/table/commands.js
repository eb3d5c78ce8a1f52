/** What a player does at a table besides placing tiles: sitting, leaving, chips, reactions. */
import { toast, toastError } from '../dialog.js';
import { amount, t } from '../i18n.js';
import { askAmount, openEmotes, openFair, openInvitation, openMenu } from './dialogs.js';

export class Commands {
  /** @param {any} page a TablePage */
  constructor(page) {
    this.page = page;
    this.client = page.client;
    this.room = page.room;
  }

  get state() { return this.page.state; }

  openMenu() {
    const free = this.state.seatsMax - this.state.seats.size;
    openMenu(this.state, {
      toLobby: () => this.page.app.go('#/lobby'),
      stand: () => this.stand(),
      topUp: () => this.askToTopUp(),
      addBots: () => this.client.addBots(this.room, free).catch(toastError),
      fair: () => openFair(this.state, {
        seed: this.page.app.clientSeed, onSeed: (seed) => this.seed(seed),
      }),
      invite: this.state.joinCode ? () => openInvitation(this.room, this.state.joinCode) : null,
      lastResult: this.state.last ? () => this.page.showResult({ party: false }) : null,
    });
  }

  async seed(seed) {
    await this.client.clientSeed(this.room, seed);
    this.page.app.keepClientSeed(seed);
  }

  async stand() {
    try {
      await this.client.stand(this.room);
    } catch (error) {
      if (error.code === 'after_hand') toast(t('leavingSoon'));
      else if (error.code === 'not_seated') this.page.app.go('#/lobby');
      else toastError(error);
    }
  }

  async askToSit(seat) {
    const balance = await this.page.app.refreshWallet();
    const { buyInMin: min, buyInMax: max } = this.state;
    askAmount({
      min, max, balance, title: t('buyInTitle'), action: t('sitHere'),
      onChoose: async (buyIn) => {
        const { is_waiting: waits } = await this.client.sit(this.room, { seat, buyIn });
        if (waits) toast(t('promisedSoon'));
      },
    });
  }

  async askToTopUp() {
    const balance = await this.page.app.refreshWallet();
    const space = this.state.buyInMax - (this.state.me?.stack ?? 0);
    if (space <= 0) return toast(t('topUpHint', { amount: amount(this.state.buyInMax) }));
    const min = Math.min(space, Math.max(1, this.state.baseBet));
    return askAmount({
      min, max: space, balance, title: t('topUp'), action: t('topUp'),
      onChoose: (chips) => this.client.topUp(this.room, { amount: chips }),
    });
  }

  emote() { openEmotes((name) => this.client.emote(this.room, name).catch(toastError)); }

  back() { this.client.back(this.room).catch(toastError); }
}

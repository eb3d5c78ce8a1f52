/** The wallet: the balance, and every transaction that made it. */
import { coin } from '../coins.js';
import { art, el } from '../dom.js';
import { amount, moment, t } from '../i18n.js';
import { fill, shell } from '../shell.js';
import { pager } from './pager.js';

/** Words for the kinds of transactions, by what their names contain. */
const KINDS = [
  [/top.?up/, 'kindTopUp'], [/buy.?in|sit/, 'kindBuyIn'], [/cash.?out|stand/, 'kindCashOut'],
  [/settle|hand/, 'kindSettlement'], [/refund|void/, 'kindRefund'],
  [/welcome|start|guest|mint|sign.?up/, 'kindWelcome'], [/grant|bonus/, 'kindGrant'],
];
const wordFor = (kind) => KINDS.find(([pattern]) => pattern.test(kind ?? ''))?.[1] ?? 'kindOther';

export class WalletPage {
  constructor(app) {
    this.app = app;
    this.sum = el('p', { class: 'purse-card__sum number' });
    this.list = el('div', { class: 'stack' });
    const main = el('main', { class: 'page' },
      el(
        'section', { class: 'purse-card' }, el('h1', { text: t('wallet') }), this.sum,
        el('p', { class: 'fine', text: t('noCash') }),
      ),
      el(
        'section', { 'aria-labelledby': 'h-moves' },
        el('h2', { id: 'h-moves', text: t('movements') }), this.list,
      ));
    this.shell = shell(app, 'wallet', main);
    this.node = this.shell.node;
  }

  open() {
    this.stop = this.app.watchBalance((balance) => {
      this.sum.replaceChildren(
        art(coin('coins')),
        el('span', { text: amount(balance, { full: true }), data: { exact: balance } }),
      );
    });
    void fill(this.list, () => this.app.client.transactions('COINS'), (page) => pager(page, {
      more: (cursor) => this.app.client.transactions('COINS', cursor), row, empty: t('noMovements'),
      className: 'moves',
    }));
  }

  close() {
    this.stop?.();
    this.shell.close();
  }
}

function row(item) {
  const { amount: change, kind, balance_after: after } = item;
  return el('li', { class: 'move panel' },
    el(
      'div', {}, el('b', { text: t(wordFor(kind)) }),
      el('small', {}, el('time', { datetime: item.posted_at, text: moment(item.posted_at) })),
    ),
    el('div', { class: 'move__sums' },
      el(
        'span',
        {
          class: 'number', data: { sign: Math.sign(change) },
          text: amount(change, { sign: true, full: true }),
        },
      ),
      after !== undefined && after !== null && el(
        'small', { text: `${t('balanceAfter')}: ${amount(after, { full: true })}` },
      )));
}

/** The hands that one has played, newest first. */
import { art, el } from '../dom.js';
import { amount, moment, t } from '../i18n.js';
import { icon } from '../icons.js';
import { fill, shell } from '../shell.js';
import { pager } from './pager.js';

export class HandsPage {
  constructor(app) {
    this.app = app;
    this.list = el('div', { class: 'stack' });
    this.shell = shell(
      app, 'hands', el('main', { class: 'page' }, el('h1', { text: t('yourHands') }), this.list),
    );
    this.node = this.shell.node;
  }

  open() {
    void fill(this.list, () => this.app.client.hands(), (page) => pager(page, {
      more: (cursor) => this.app.client.hands(cursor), row, empty: t('noHands'), className: 'hands',
    }));
  }

  close() { this.shell.close(); }
}

export const resultWord = (net) => t(net > 0 ? 'won' : net < 0 ? 'lost' : 'even');

function row(hand) {
  const net = hand.net ?? 0;
  const voided = hand.status === 'voided';
  const result = voided ? t('voided') : resultWord(net);
  const sum = amount(net, { sign: true, full: true });
  return el('li', {}, el('a', {
    class: 'handrow panel', href: `#/hands/${hand.id}`,
    'aria-label': t('openReplay', { number: hand.number, result, amount: sum }),
  },
  el(
    'span', { class: 'handrow__result', data: { sign: Math.sign(net) } },
    art(icon(net > 0 ? 'trophy' : 'history')),
  ),
  el('div', { class: 'handrow__about' },
    el('b', { text: `${t('handNumber', hand)} · ${hand.room_name}`, dir: 'auto' }),
    el(
      'small',
      {
        text: [
          moment(hand.ended_at ?? hand.started_at), `${t('stake')} ${amount(hand.base_bet)}`,
        ].join(' · '),
      },
    )),
  el(
    'div', { class: 'handrow__sum' }, el('b', { text: result }),
    el('span', { class: 'number', data: { sign: Math.sign(net) }, text: sum }),
  ),
  art(icon('play'))));
}

/** The door: one press and one plays. */
import { wordsFor } from '../dialog.js';
import { el } from '../dom.js';
import { t } from '../i18n.js';
import { roundButton } from '../table/scene.js';
import { tileFace } from '../tiles.js';
import { field } from '../dialog.js';

/** Tiles thrown on the felt: how each lies. */
const THROWN = [[6, 6], [6, 4], [4, 1], [1, 5], [5, 5]];

export class SignInPage {
  constructor(app) {
    this.app = app;
    const { client } = app;
    this.name = el('input', {
      class: 'input', maxlength: 32, placeholder: t('namePlaceholder'), autocomplete: 'nickname',
    });
    this.problem = el('p', { class: 'hint hint--bad', role: 'alert', hidden: true });
    const known = client.knowsGuest;
    this.button = el('button', { class: 'button button--brass door__play', type: 'submit' },
      el(
        'span',
        {
          text: known ? t('playAs', { name: client.player?.name ?? t('guest') }) : t('playAsGuest'),
        },
      ));
    const form = el('form', { class: 'door__form', on: { submit: (event) => this.submit(event) } },
      !known && field(`${t('yourName')} (${t('optional')})`, this.name),
      this.button, this.problem,
      known ? el(
        'button',
        {
          class: 'button button--quiet', type: 'button', text: t('newGuest'),
          on: { click: () => this.startOver() },
        },
      )
        : el('p', { class: 'hint', text: t('startChips') }));
    this.node = el('div', { class: 'door' },
      roundButton(
        'globe', t('otherLanguage'), () => app.switchLanguage(), { class: 'door__language' },
      ),
      el('main', { class: 'door__card', id: 'main' },
        el('div', { class: 'door__tiles', 'aria-hidden': 'true' },
          ...THROWN.map(
            ([a, b], i) => el('span', { class: 'tile', data: { i }, art: tileFace(a, b) }),
          )),
        el('h1', { text: 'Higgs Domino' }),
        el('p', { class: 'door__pitch', text: t('pitch') }), form,
        el('p', { class: 'fine', text: t('noCash') })));
  }

  submit(event) {
    event.preventDefault();
    void this.enter({ displayName: this.name.value.trim() || undefined });
  }

  async startOver() {
    await this.app.client.signOut({ forget: true });
    this.app.route();
  }

  async enter(options) {
    this.button.disabled = true;
    const words = this.button.textContent;
    this.button.textContent = t('signingIn');
    this.problem.hidden = true;
    try {
      await this.app.signIn(options);
    } catch (error) {
      this.problem.hidden = false;
      this.problem.textContent = wordsFor(error);
      this.button.textContent = words;
      this.button.disabled = false;
    }
  }
}

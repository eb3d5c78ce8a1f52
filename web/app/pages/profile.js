/** Who I am: name, face, language, and the way out. */
import { avatar, PORTRAITS } from '../avatar.js';
import { field, openDialog, toast, toastError } from '../dialog.js';
import { el } from '../dom.js';
import { language, t } from '../i18n.js';

export function openProfile(app) {
  const { player } = app.client;
  let face = player?.avatar ?? null;
  const name = /** @type {HTMLInputElement} */ (el('input', {
    class: 'input', value: player?.name ?? '', maxlength: 32, required: true,
    autocomplete: 'nickname',
  }));
  const faces = el('div', { class: 'faces', role: 'group', 'aria-label': t('chooseFace') },
    ...[null, ...PORTRAITS].map((one, i) => el('button', {
      class: 'faces__one', type: 'button', art: avatar({ id: player?.id, avatar: one }),
      'aria-label': `${t('chooseFace')} ${i + 1}`, 'aria-pressed': String(one === face),
      on: {
        click: ({ currentTarget }) => {
          face = one;
          for (const node of faces.children) node.setAttribute(
            'aria-pressed', String(node === currentTarget),
          );
        },
      },
    })));
  const save = async (event) => {
    event.preventDefault();
    try {
      await app.client.updateMe({ display_name: name.value.trim(), ...(face && { avatar: face }) });
      dialog.close();
      toast(t('saved'));
      app.route();
    } catch (error) {
      toastError(error);
    }
  };
  const leave = (action) => () => {
    dialog.close();
    void action();
  };
  const dialog = openDialog(t('profile'),
    el('form', { class: 'stack', on: { submit: save } },
      faces, field(t('yourName'), name, t('nameHint')),
      el('button', { class: 'button button--brass', type: 'submit', text: t('save') })),
    el('div', { class: 'stack stack--apart' },
      el('button', {
        class: 'button', type: 'button', lang: language() === 'id' ? 'en' : 'id',
        text: t('otherLanguage'), on: { click: leave(() => app.switchLanguage()) },
      }),
      el('button', {
        class: 'button button--quiet', type: 'button', text: t('signOut'),
        on: { click: leave(() => app.client.signOut()) },
      })));
}

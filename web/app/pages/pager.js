/** A list that goes on: each page names the next. */
import { toastError } from '../dialog.js';
import { el } from '../dom.js';
import { t } from '../i18n.js';

/**
 * @param {{items: any[], next_cursor?: string | null}} page
 * @param {{more: (cursor: string) => Promise<any>, row: (item: any) => HTMLElement, empty: string,
 *   className: string}} options
 */
export function pager(page, { more, row, empty, className }) {
  if (page.items.length === 0) return [el('p', { class: 'hint', text: empty })];
  const list = el('ul', { class: className }, ...page.items.map(row));
  let cursor = page.next_cursor;
  const button = el('button', {
    class: 'button button--quiet', type: 'button', text: t('loadMore'), hidden: !cursor,
    on: {
      click: async () => {
        button.disabled = true;
        try {
          const next = await more(cursor);
          const rows = next.items.map(row);
          list.append(...rows);
          cursor = next.next_cursor;
          button.hidden = !cursor;
          rows[0]?.querySelector('a')?.focus();
        } catch (error) {
          toastError(error);
        }
        button.disabled = false;
      },
    },
  });
  return [list, button];
}

/* <kcc-keep> makes a list easy to walk with the keyboard, and keeps place and focus when the list is refreshed.

   <kcc-keep><table>… <tr data-row id="callback-7"><th><a href="…">…</a></th>…</tr> …</table></kcc-keep>

   ArrowUp, ArrowDown, Home and End go to the first link of the row above, below, first, last; Enter opens it (also from a checkbox in
   the row). Tab still reaches everything. When the row with the focus has gone, the focus goes to the row that took its place.
   data-page: the list is what the page is for, so the arrows also begin where nothing has the focus, or the h1.
   data-from="#search": ArrowDown in that field goes to the first row.
   data-scroll on the part that scrolls keeps its place. A swap around it must be a morph.
*/
import { visible } from './page.js';

class Keep extends HTMLElement {
  connectedCallback() {
    ('page' in this.dataset || this.dataset.from ? document : this).addEventListener('keydown', this);
    for (const type of ['htmx:beforeSwap', 'htmx:afterSettle']) document.addEventListener(type, this);
    this.querySelector('[data-row] [aria-current], [data-row][aria-current]')?.scrollIntoView({ block: 'nearest' });
  }

  disconnectedCallback() {
    document.removeEventListener('keydown', this);
    for (const type of ['htmx:beforeSwap', 'htmx:afterSettle']) document.removeEventListener(type, this);
  }

  get scrolled() {
    return [this, ...this.querySelectorAll('[data-scroll]')].filter((node) => node.matches('[data-scroll]'));
  }

  get rows() {
    return [...this.querySelectorAll('[data-row]')].filter(visible);
  }

  handleEvent(event) {
    if (event.type === 'keydown') this.key(event);
    else if (!this.contains(event.target) && !event.target.contains(this)) return;
    else if (event.type === 'htmx:beforeSwap') this.remember();
    else this.restore();
  }

  key(event) {
    const { key, target } = event;
    if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (key === 'ArrowDown' && this.dataset.from && target.matches(this.dataset.from)) {
      this.link(this.rows[0])?.focus();
      return event.preventDefault();
    }
    if (target.matches('select, textarea, [contenteditable], input:not([type=checkbox])')) return;
    const at = this.rows.findIndex((row) => row.contains(target));
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: this.rows.length - 1 }[key];
    if (at < 0 && !(key === 'ArrowDown' && 'page' in this.dataset && target.matches('body, h1'))) return;
    if (key === 'Enter' && target.type === 'checkbox') this.link(this.rows[at])?.click();
    else if (to === undefined) return;
    else this.link(this.rows[Math.max(0, Math.min(to, this.rows.length - 1))])?.focus();
    event.preventDefault();
  }

  link(row) {
    return row?.querySelector('a[href]');
  }

  remember() {
    const row = document.activeElement?.closest('[data-row]');
    this.at = this.contains(row) ? this.rows.indexOf(row) : -1;
    this.rowId = row?.id;
    this.scrolls = this.scrolled.map((node) => node.scrollTop);
  }

  restore() {
    this.scrolled.forEach((node, n) => (node.scrollTop = this.scrolls?.[n] ?? node.scrollTop));
    this.scrolls = null;
    if (this.at >= 0 && document.activeElement === document.body) {
      const same = this.rows.find((row) => row.id && row.id === this.rowId);
      this.link(same || this.rows[Math.min(this.at, this.rows.length - 1)])?.focus({ preventScroll: true });
    }
    this.at = -1;
  }
}

customElements.define('kcc-keep', Keep);

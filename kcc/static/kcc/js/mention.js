/* <kcc-mention> offers colleagues while somebody types @ and the beginning of a name; without it a full name typed by hand counts as well.

   <kcc-mention src="/cases/…/mentionable/" data-one="1 collega" data-many="{n} collega's"><textarea></textarea></kcc-mention>

   src?q=… answers <li role="option" data-value="Murat Kaya">…</li>. Arrows choose, Enter and Tab take, Esc closes. Made:
   <div role="listbox" class="kcc-combo__list">, and aria-controls, aria-activedescendant on the field.
*/
import { split } from './match.js';
import { own } from './morph.js';
import { make, remote } from './options.js';
import { fill, say } from './page.js';

const BEGUN = /(?:^|[\s(])@([\p{L}\p{N}.’'-]+(?: [\p{L}’'-]*){0,2}|)$/u;
let count = 0;

class Mention extends HTMLElement {
  connectedCallback() {
    this.field = this.querySelector('textarea');
    this.list ||= own(make('div', { id: `kcc-mention-${count++}`, class: 'kcc-combo__list', role: 'listbox', hidden: '' }));
    this.append(this.list);
    this.field.setAttribute('aria-controls', this.list.id);
    this.field.setAttribute('aria-autocomplete', 'list');
    for (const type of ['input', 'keydown', 'focusout', 'mousedown', 'click']) this.addEventListener(type, this);
  }

  handleEvent(event) {
    const { type, target } = event;
    if (type === 'input' && target === this.field) this.search();
    else if (type === 'keydown') this.key(event);
    else if (type === 'focusout') this.close();
    else if (type === 'mousedown' && this.list.contains(target)) event.preventDefault();
    else if (type === 'click') this.take(target.closest('[role=option]'));
  }

  get begun() {
    const { value, selectionStart } = this.field;
    return BEGUN.exec(value.slice(Math.max(0, selectionStart - 60), selectionStart))?.[1];
  }

  async search() {
    const q = this.begun;
    this.request?.abort();
    if (q === undefined) return this.close();
    this.request = new AbortController();
    const found = await remote(this.getAttribute('src'), q, split(q), this.request.signal);
    if (!found || found.failed) return;
    found.forEach((option, n) => {
      option.id = `${this.list.id}-${n}`;
      option.classList.add('kcc-combo__option');
    });
    this.list.setAttribute('aria-label', this.field.labels[0]?.textContent.trim() || '@');
    this.list.replaceChildren(...found);
    this.list.hidden = !found.length;
    this.activate(found[0]);
    say(fill(found.length === 1 ? this.dataset.one : this.dataset.many, { n: found.length }));
  }

  key(event) {
    if (this.list.hidden || event.isComposing || event.ctrlKey || event.altKey) return;
    const options = [...this.list.children];
    const at = options.indexOf(this.active);
    const { key } = event;
    if (key === 'ArrowDown' || key === 'ArrowUp')
      this.activate(options.at((at + (key === 'ArrowDown' ? 1 : -1)) % options.length));
    else if (key === 'Enter' || key === 'Tab') this.take(this.active);
    else if (key === 'Escape') this.close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  activate(option) {
    for (const one of this.list.children) one.classList.toggle('is-active', one === option);
    for (const one of this.list.children) one.setAttribute('aria-selected', one === option);
    this.active = option;
    if (option) this.field.setAttribute('aria-activedescendant', option.id);
    else this.field.removeAttribute('aria-activedescendant');
  }

  take(option) {
    if (!option) return;
    const { selectionStart: at } = this.field;
    this.field.setRangeText(`${option.dataset.value} `, at - this.begun.length, at, 'end');
    this.close();
    this.field.dispatchEvent(new Event('input', { bubbles: true }));
  }

  close() {
    this.request?.abort();
    this.list.hidden = true;
    this.activate(null);
  }
}

customElements.define('kcc-mention', Mention);

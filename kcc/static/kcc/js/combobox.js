/* <kcc-combobox> makes a <select> searchable. The select stays the field that is sent; without JavaScript it is the field.

   <label for="id_topic">Onderwerp</label>
   <kcc-combobox class="kcc-combo" data-none="Geen onderwerp gevonden" data-one="1 resultaat" data-many="{n} resultaten">
     <select id="id_topic" name="topic">
       <option value="">Kies een onderwerp</option>                        becomes the placeholder
       <optgroup label="Parkeren"><option value="7" data-words="synoniem boete" data-hint="2 open">Bezwaar …</option></optgroup>
     </select>
   </kcc-combobox>

   src="/teams/options/" (optional): options come from GET src?q=…, HTML <li role="option" data-value="7">Team Parkeren</li>
   (data-label="…" when the text holds more than the label); from attribute min="2" characters on (1 without it). Below that the
   select's own options show. data-failed="Zoeken lukt niet".

   Made: <input role="combobox" id="id_topic-input">, <div role="listbox" class="kcc-combo__list" id="id_topic-list">, groups
   .kcc-combo__group, options .kcc-combo__option (.is-active) with mark and .kcc-combo__hint, <p class="kcc-combo__none">.
   The element has is-open, and is-up when there is more room above. The select gets kcc-vh. Listen to change on the select.
   <p>Naar: <span data-hint-of="id_topic"></span></p> elsewhere shows the hint of what is chosen; without one the p is hidden.
*/
import { fold, split } from './match.js';
import { keep, own } from './morph.js';
import { local, make, remote } from './options.js';
import { fill, say } from './page.js';

class Combobox extends HTMLElement {
  constructor() {
    super();
    this.watch = new MutationObserver(() => this.setup());
    this.addEventListener('change', ({ target }) => target === this.select && this.sync());
  }

  connectedCallback() {
    this.setup();
    this.watch.observe(this, { childList: true, subtree: true });
    document.addEventListener('reset', this);
    document.addEventListener('htmx:afterSettle', this);
  }

  connectedMoveCallback() {}

  disconnectedCallback() {
    this.watch.disconnect();
    document.removeEventListener('reset', this);
    document.removeEventListener('htmx:afterSettle', this);
  }

  setup() {
    const select = this.querySelector('select');
    if (!select) return;
    if (select !== this.select) {
      this.input?.remove();
      this.list?.remove();
      this.none?.remove();
      this.select = select;
      this.build(select);
    }
    if (!this.input.isConnected) select.after(this.input, this.list, this.none);
    this.input.disabled = select.disabled;
    for (const name of ['aria-invalid', 'aria-describedby'])
      if (select.hasAttribute(name)) this.input.setAttribute(name, select.getAttribute(name));
      else this.input.removeAttribute(name);
    if (document.activeElement !== this.input) this.sync();
  }

  build(select) {
    const id = select.id || select.name;
    const name = select.labels[0]?.textContent.trim() || select.getAttribute('aria-label');
    this.input = own(
      make('input', {
        id: `${id}-input`,
        class: select.className.replace('kcc-vh', '').replace('html-select', 'html-input').replaceAll('utrecht-select', 'utrecht-textbox'),
        type: 'text',
        role: 'combobox',
        autocomplete: 'off',
        spellcheck: 'false',
        placeholder: select.querySelector('option[value=""]')?.label,
        'aria-label': select.labels.length ? null : name,
        'aria-autocomplete': 'list',
        'aria-expanded': 'false',
        'aria-controls': `${id}-list`,
        'aria-required': select.required || null,
      }),
    );
    this.list = own(
      make('div', { id: `${id}-list`, class: 'kcc-combo__list', role: 'listbox', 'aria-label': name, hidden: '' }),
    );
    this.none = own(make('p', { class: 'kcc-combo__none', hidden: '' }));
    for (const label of select.labels) {
      keep(label, 'for');
      label.htmlFor = this.input.id;
    }
    this.watch.observe(select, { attributeFilter: ['disabled', 'aria-invalid', 'aria-describedby'] });
    keep(select, 'class', 'tabindex', 'aria-hidden');
    this.hide(select);
    select.addEventListener('focus', () => this.input.focus()); // a link to the field, the browser's own "fill this in"
    for (const type of ['input', 'keydown', 'click', 'blur']) this.input.addEventListener(type, this);
    this.input.addEventListener('focus', () => this.input.select()); // typing begins a new search
    this.list.addEventListener('mousedown', (event) => event.preventDefault());
    this.list.addEventListener('click', ({ target }) => this.choose(target.closest('[role=option]')));
  }

  // htmx puts the attributes of the answer back after a swap, when an element of the same id was there before.
  hide(select) {
    select.classList.add('kcc-vh');
    select.tabIndex = -1;
    select.setAttribute('aria-hidden', 'true');
  }

  get label() {
    const option = this.select.selectedOptions[0];
    return option?.value ? option.label : '';
  }

  get options() {
    return [...this.list.querySelectorAll('[role=option]')];
  }

  sync() {
    this.input.value = this.label;
    this.typed = false;
    const hint = document.querySelector(`[data-hint-of="${this.select.id}"]`);
    if (!hint) return;
    hint.textContent = this.select.selectedOptions[0]?.dataset.hint || '';
    hint.parentElement.hidden = !hint.textContent;
  }

  handleEvent(event) {
    if (event.type === 'htmx:afterSettle') this.select && this.hide(this.select);
    else if (event.type === 'reset') event.target === this.select?.form && setTimeout(() => this.sync());
    else if (event.type === 'keydown') this.key(event);
    else if (event.type === 'blur') this.leave();
    else if (event.type === 'input') {
      this.typed = true;
      this.search(this.input.value);
    } else if (!this.open) this.search('');
  }

  // Words that name one option choose it, an emptied field chooses the empty one, other words change nothing.
  leave() {
    const text = fold(this.input.value.trim());
    const same = [...this.select.options].find((option) => (text ? fold(option.label) === text : option.value === ''));
    if (this.typed && same && same.value !== this.select.value) this.set(same.value);
    else this.sync();
    this.close();
  }

  key(event) {
    const { key, altKey } = event;
    if (event.isComposing) return;
    const options = this.open ? this.options : [];
    const at = options.indexOf(this.active);
    const move = { ArrowDown: at + 1, ArrowUp: at < 0 ? -1 : at - 1, Home: 0, End: -1 }[key];
    if (key === 'ArrowDown' || key === 'ArrowUp') {
      if (!this.open) this.search('').then(() => this.activate(altKey ? null : this.chosen));
      else if (altKey) this.close();
      else this.activate(options.at(move % options.length));
    } else if (options.length && move !== undefined && !event.shiftKey && !event.ctrlKey)
      this.activate(options.at(move));
    else if (key === 'Enter' && event.ctrlKey) return this.choose(this.active);
    else if (key === 'Enter') this.open || !this.none.hidden ? this.choose(this.active) : this.search('');
    else if (key === 'Tab') return this.choose(this.active);
    else if (key === 'Escape' && (this.open || !this.none.hidden)) this.close();
    else if (key === 'Escape' && this.typed) this.sync();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  get chosen() {
    return this.options.find((option) => option.getAttribute('aria-selected') === 'true') || this.options[0];
  }

  async search(text) {
    const words = split(text);
    const url = this.getAttribute('src');
    this.request?.abort();
    this.request = new AbortController();
    const here = !url || text.trim().length < Number(this.getAttribute('min') || 1);
    const found = here
      ? local(this.select, words, this.list.id)
      : await remote(url, text.trim(), words, this.request.signal);
    if (!found) return;
    this.list.replaceChildren(...found);
    this.failed = found.failed;
    let n = 0;
    for (const option of this.options) {
      option.id ||= `${this.list.id}-${n++}`;
      option.setAttribute('aria-selected', option.dataset.value === this.select.value);
      option.classList.add('kcc-combo__option');
    }
    this.show(text);
  }

  show(text) {
    const { length } = this.options;
    const { none, one, many, failed } = this.dataset;
    this.none.textContent = this.failed ? failed : none;
    this.toggle(length > 0);
    this.none.hidden = length > 0;
    this.activate(text && length ? this.options[0] : null);
    const room = this.input.getBoundingClientRect();
    this.classList.toggle('is-up', innerHeight - room.bottom < 240 && room.top > innerHeight - room.bottom);
    clearTimeout(this.telling);
    const words = length ? fill(length === 1 ? one : many, { n: length }) : this.none.textContent;
    this.telling = setTimeout(() => say(words), 500);
  }

  activate(option) {
    this.active?.classList.remove('is-active');
    this.active = option;
    option?.classList.add('is-active');
    option?.scrollIntoView({ block: 'nearest' });
    if (option) this.input.setAttribute('aria-activedescendant', option.id);
    else this.input.removeAttribute('aria-activedescendant');
  }

  toggle(open) {
    this.open = open;
    this.list.hidden = !open;
    this.classList.toggle('is-open', open);
    this.input.setAttribute('aria-expanded', open);
  }

  close() {
    this.request?.abort();
    clearTimeout(this.telling);
    this.none.hidden = true;
    this.toggle(false);
    this.activate(null);
  }

  choose(option) {
    if (option) this.set(option.dataset.value, option.dataset.label);
    if (option) this.input.select();
    this.close();
  }

  set(value, label) {
    if (![...this.select.options].some((option) => option.value === value)) this.select.add(new Option(label, value));
    const changed = this.select.value !== value;
    this.select.value = value;
    this.sync();
    if (changed) for (const type of ['input', 'change']) this.select.dispatchEvent(new Event(type, { bubbles: true }));
  }
}

customElements.define('kcc-combobox', Combobox);

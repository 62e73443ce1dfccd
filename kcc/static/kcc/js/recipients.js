/* <kcc-recipients> shows the people of one comma-separated field as chips; the field itself stays what is sent.

   <kcc-recipients data-remove="Haal {who} weg">
     <template><span class="kcc-addr">… <span data-name></span><button type="button" data-out>…</button></span></template>
     <span class="kcc-addr" data-address="p@voorbeeld.nl">…</span>            chips of the server
     <input class="kcc-people__entry"> <input class="kcc-people__typed" name="to" value="Peter <p@voorbeeld.nl>, …">
   </kcc-recipients>

   Enter, a comma, a semicolon or leaving the field makes a chip of what was typed or pasted, a list too; Backspace in an empty
   field takes the last one back to be changed. [data-new="<address>"] anywhere on the page marks its chip amber.
*/
import { own } from './morph.js';
import { fill } from './page.js';

const APART = /[,;\r\n]+/;
const PERSON = /^(.*?)\s*<\s*([^<>]*?)\s*>$/s;

// A comma in a name is no end: "Boer, Jan de <j@voorbeeld.nl>".
export function split(text) {
  const found = [];
  let pending = '';
  for (const piece of text.split(APART)) {
    pending = [pending, piece.trim()].filter(Boolean).join(', ');
    if (pending.includes('@')) pending = (found.push(pending), '');
  }
  return pending ? [...found, pending] : found;
}

const addressOf = (person) => (PERSON.exec(person)?.[2] ?? person).toLowerCase();

class Recipients extends HTMLElement {
  connectedCallback() {
    this.entry = this.querySelector('.kcc-people__entry');
    this.typed = this.querySelector('.kcc-people__typed');
    const { signal } = (this.connection = new AbortController());
    for (const type of ['keydown', 'paste', 'input', 'click', 'focusout'])
      this.addEventListener(type, this, { signal });
    document.addEventListener('htmx:afterSettle', () => this.draw(), { signal });
    this.draw();
  }

  disconnectedCallback() {
    this.connection.abort();
  }

  get people() {
    return split(this.typed.value);
  }

  set people(all) {
    this.typed.value = all.join(', ');
    this.draw();
    for (const type of ['input', 'change']) this.typed.dispatchEvent(new Event(type, { bubbles: true }));
  }

  handleEvent(event) {
    const { type, target, key } = event;
    const out = type === 'click' && target.closest('[data-out]');
    if (out) return this.take(out.closest('.kcc-addr'));
    if (type === 'click' && target === this) return this.entry.focus();
    if (target === this.typed && type === 'input') return this.draw();
    if (target !== this.entry) return;
    if (type === 'focusout') this.add();
    else if (type === 'paste') setTimeout(() => APART.test(this.entry.value.trim()) && this.add());
    else if (type === 'keydown' && [',', ';', 'Enter'].includes(key) && !event.ctrlKey && !event.metaKey) {
      if (this.entry.value.includes('@') || key === 'Enter') event.preventDefault();
      if (this.entry.value.includes('@')) this.add();
    } else if (type === 'keydown' && key === 'Backspace' && !this.entry.value && this.people.length) {
      event.preventDefault();
      const last = this.people.at(-1);
      this.people = this.people.slice(0, -1);
      this.entry.value = last;
    }
  }

  add() {
    const known = new Set(this.people.map(addressOf));
    const typed = split(this.entry.value);
    if (!typed.length) return;
    this.entry.value = '';
    this.people = [...this.people, ...typed.filter((one) => !known.has(addressOf(one)))];
  }

  take(chip) {
    const next = chip.nextElementSibling?.querySelector('[data-out]');
    const at = this.chips.indexOf(chip);
    this.people = this.people.filter((_, number) => number !== at);
    (next?.isConnected ? next : this.entry).focus();
  }

  get chips() {
    return [...this.querySelectorAll(':scope > .kcc-addr')];
  }

  draw() {
    const { chips, people } = this;
    const fresh = [...document.querySelectorAll('[data-new]')].map((node) => node.dataset.new);
    people.forEach((person, number) => {
      const [, name, address = person] = PERSON.exec(person) || [];
      const chip = chips[number] || own(this.querySelector('template').content.firstElementChild.cloneNode(true));
      if (!chip.isConnected) this.entry.before(chip);
      chip.dataset.address = chip.title = address;
      chip.querySelector('[data-name]').textContent = name || address;
      chip.querySelector('[data-out]').setAttribute('aria-label', fill(this.dataset.remove, { who: address }));
      chip.classList.toggle('is-warn', fresh.includes(address.toLowerCase()));
    });
    for (const chip of chips.slice(people.length)) chip.remove();
    const more = people.length && this.closest('.kcc-edit__row--more')?.closest('form').querySelector('.kcc-edit__more');
    if (more) more.open = true;
  }
}

customElements.define('kcc-recipients', Recipients);

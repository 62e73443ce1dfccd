/* <kcc-reveal> shows the parts of a form that belong to the chosen answer. Hidden parts are disabled and keep their text.

   <kcc-reveal><fieldset> <input type="radio" name="outcome" value="callback" data-reveals="callback"> …
     (checkboxes and <option> too; more names: data-reveals="callback consent") </fieldset>
     <div data-revealed="transfer">…fields…</div></kcc-reveal>
   <fieldset data-revealed="callback" form="…">…</fieldset>      may stand elsewhere on the page

   Without JavaScript every part shows. A shortcut to a field in a hidden part chooses its answer (kcc:show), and so does
   <button type="button" data-fills="id_transferred_to" value="J. Smit">, which also fills that field in, or chooses in it.
   HX-Trigger: {"kcc:suggest": {"field": "id_topic", "value": "…"}} chooses that in a select in which nothing was chosen yet;
   <input type="checkbox" data-suggests="id_topic" data-suggested="…"> does so when it is ticked.
*/
import { focus, reveal, tell } from './page.js';

const off = new WeakSet(); // disabled by us, so ours to enable
const FIELDS = 'input, select, textarea, button';

class Reveal extends HTMLElement {
  connectedCallback() {
    this.signal = (this.connection = new AbortController()).signal;
    for (const name of ['change', 'reset', 'kcc:show', 'htmx:afterSettle'])
      document.addEventListener(name, this, { signal: this.signal });
    this.sync();
  }

  disconnectedCallback() {
    this.connection.abort();
  }

  get controls() {
    return [...this.querySelectorAll('[data-reveals]')];
  }

  handleEvent({ type, target }) {
    if (type === 'change' && !this.contains(target)) return;
    if (type === 'kcc:show') {
      const name = target.closest('[data-revealed][hidden]')?.dataset.revealed;
      const control = name && this.controls.find((one) => this.names(one).includes(name));
      if (control?.localName !== 'option') return control?.click();
      control.selected = true;
      control.closest('select').dispatchEvent(new Event('change', { bubbles: true }));
    }
    if (type === 'reset') setTimeout(() => this.sync());
    else this.sync();
  }

  names(control) {
    return control.dataset.reveals.split(/\s+/);
  }

  sync() {
    const chosen = (one) => !one.disabled && (one.checked || one.selected);
    const shown = this.controls.filter(chosen).flatMap(this.names);
    for (const name of new Set(this.controls.flatMap(this.names))) {
      const selector = `[data-revealed="${CSS.escape(name)}"]`;
      const inside = this.querySelectorAll(selector);
      for (const part of inside.length ? inside : document.querySelectorAll(selector))
        this.toggle(part, shown.includes(name));
    }
  }

  toggle(part, on) {
    part.hidden = !on;
    for (const field of part.matches('fieldset') ? [part] : part.querySelectorAll(FIELDS)) {
      if (on && !field.closest('[data-revealed][hidden]') && off.delete(field)) field.disabled = false;
      else if (!on && !field.disabled) {
        field.disabled = true;
        off.add(field);
      }
    }
  }
}

customElements.define('kcc-reveal', Reveal);

document.addEventListener('kcc:suggest', ({ detail: { field, value } }) => {
  const select = document.getElementById(field);
  if (!select || select.value) return;
  select.value = value;
  select.closest('kcc-combobox')?.sync();
  select.dispatchEvent(new Event('input', { bubbles: true })); // not "change": nothing is to be fetched for it
});

document.addEventListener('change', ({ target }) => {
  const { suggests: field, suggested: value } = target.dataset;
  if (value && target.checked) tell(target, 'kcc:suggest', { field, value });
});

document.addEventListener('click', ({ target }) => {
  const button = target.closest('[data-fills]');
  const field = button && document.getElementById(button.dataset.fills);
  if (!field) return;
  reveal(field);
  field.value = button.value;
  field.closest('kcc-combobox')?.sync();
  for (const type of field.options ? ['input', 'change'] : ['input'])
    field.dispatchEvent(new Event(type, { bubbles: true }));
  focus(field);
});

/* <kcc-writing leave="/knowledge/<uuid>/edit/lay-down/"> around the form of an article. Without it the form works with HTML in text fields.

   <div data-prose="id of its heading"><textarea></textarea></div>   becomes a text one sees as it will be read (prose.js)
   [role=toolbar] [data-tool]        works on the text with the cursor; arrows, Home and End walk, Alt+F10 goes there, Escape back
   [data-words-of="id" data-most="60" data-one="{n} van 60" data-over="…">   counts words while somebody types
   <template data-older>             said when this window has text that a colleague's came before: its button shows both
   #knoppen                          the buttons follow what colleagues do, but not under the hands of who is busy with them
   Leaving the page lets others write; the form itself leads back here.
*/
import * as copies from './copies.js';
import { fill, post } from './page.js';
import { Prose } from './prose.js';

class Writing extends HTMLElement {
  connectedCallback() {
    const { signal } = (this.connection = new AbortController());
    this.form = this.querySelector('form');
    this.bar = this.querySelector('[role=toolbar]');
    this.texts = [...this.querySelectorAll('[data-prose]')].map((box) => new Prose(box, this));
    for (const type of ['input', 'click', 'keydown', 'mousedown', 'submit']) this.addEventListener(type, this, { signal });
    addEventListener('pagehide', this, { signal });
    this.addEventListener('htmx:oobBeforeSwap', this, { signal });
    this.bar.hidden = !this.texts.length;
    this.tell(null);
    this.querySelectorAll('[data-words-of]').forEach((node) => this.count(node));
    this.older();
  }

  disconnectedCallback() {
    this.connection.abort();
    for (const text of this.texts) text.destroy();
  }

  handleEvent(event) {
    const { type, target } = event;
    const tool = target.closest?.('[data-tool]');
    if (type === 'pagehide') this.leave();
    else if (type === 'htmx:oobBeforeSwap') event.detail.shouldSwap &&= !this.busy(target);
    else if (type === 'submit') this.sent = target.method === 'post'; // the answer leads back here, or lets others write
    else if (type === 'input') this.querySelectorAll(`[data-words-of="${target.id}"]`).forEach((node) => this.count(node));
    else if (type === 'mousedown' && tool) event.preventDefault(); // the cursor stays in the text
    else if (type === 'click' && tool) this.work(tool);
    else if (type === 'click' && target.closest('[data-discard]')) copies.drop(this.draft.getAttribute('url'));
    else if (type === 'keydown') this.key(event);
  }

  get draft() {
    return this.closest('kcc-draft');
  }

  get tools() {
    return [...this.bar.querySelectorAll('[data-tool]:not([hidden])')];
  }

  leave() {
    if (!this.sent) post(this.getAttribute('leave'), '', { keepalive: true }).catch(() => null);
  }

  busy(node) {
    const typed = [...node.querySelectorAll('textarea')].some((field) => field.value);
    return node.id === 'knoppen' && (typed || node.matches(':focus-within, :hover') || !!node.querySelector(':popover-open'));
  }

  count(node) {
    const words = document.getElementById(node.dataset.wordsOf).value.split(/\s+/);
    const n = words.filter((word) => /[\p{L}\p{N}]/u.test(word)).length;
    const over = n > Number(node.dataset.most);
    node.textContent = fill(over ? node.dataset.over : node.dataset.one, { n });
    node.classList.toggle('is-late', over);
    node.setAttribute('aria-live', over || node.getAttribute('aria-live') === 'polite' ? 'polite' : 'off');
  }

  /** The text with the cursor, or none, says what holds there. */
  tell(text) {
    if (text) this.text = text;
    const state = this.text?.state() || {};
    for (const button of this.bar.querySelectorAll('[data-tool]')) {
      const { tool } = button.dataset;
      if (button.hasAttribute('aria-pressed')) button.setAttribute('aria-pressed', state[tool] === true);
      button.setAttribute('aria-disabled', !this.text || state[tool] === null);
    }
    for (const node of this.bar.querySelectorAll('[data-in-table]')) node.hidden = !state.inTable;
    const { tools } = this;
    if (!tools.some((button) => button.tabIndex === 0)) tools.forEach((button, n) => (button.tabIndex = n ? -1 : 0));
  }

  work(button) {
    if (button.getAttribute('aria-disabled') === 'true') return;
    const stays = document.activeElement === button;
    if (button.dataset.tool === 'link') return this.link();
    this.text.work(button.dataset.tool);
    if (!stays) this.text.focus();
    else if (button.hidden) this.text.focus();
  }

  key(event) {
    const { key, altKey, target } = event;
    if (altKey && key === 'F10' && target.closest('[data-prose]')) this.tools.find((one) => one.tabIndex === 0).focus();
    else if (key === 'Escape' && this.bar.contains(target)) this.text?.focus();
    else if (this.bar.contains(target)) return this.walk(event);
    else return;
    event.preventDefault();
  }

  walk(event) {
    const { tools } = this;
    const at = tools.indexOf(event.target);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tools.length - 1 }[event.key];
    if (to === undefined || at < 0) return;
    event.preventDefault();
    for (const one of tools) one.tabIndex = -1;
    const next = tools.at(to % tools.length);
    next.tabIndex = 0;
    next.focus();
  }

  link() {
    const dialog = this.querySelector('dialog');
    const [field, wrong] = [dialog.querySelector('input'), dialog.querySelector('#link-fout')];
    const { text } = this;
    field.value = text.href;
    wrong.hidden = true;
    dialog.returnValue = '';
    dialog.querySelector('[value=out]').hidden = !text.href;
    dialog.onsubmit = (event) => {
      const { value } = event.submitter || {};
      if (value !== 'keep' || text.mayLink(field.value)) return;
      event.preventDefault();
      wrong.hidden = false;
      field.setAttribute('aria-invalid', 'true');
      field.focus();
    };
    dialog.onclose = () => {
      field.removeAttribute('aria-invalid');
      if (dialog.returnValue === 'keep') text.link(field.value);
      else if (dialog.returnValue === 'out') text.link('');
      text.focus();
    };
    dialog.showModal();
    field.select();
  }

  // What was typed here and never reached the server, where a colleague's text is newer now.
  older() {
    const copy = this.draft?.older;
    if (!copy || this.querySelector('.kcc-clash')) return;
    const place = this.querySelector('[data-older]');
    const notice = place.content.cloneNode(true);
    notice.querySelector('button').addEventListener('click', () => {
      const form = Object.assign(document.createElement('form'), { method: 'post', action: this.form.action, hidden: true });
      const token = this.form.elements.csrfmiddlewaretoken.value;
      for (const [name, value] of [...copy.pairs, ['csrfmiddlewaretoken', token], ['do', 'save']])
        form.append(Object.assign(document.createElement('input'), { type: 'hidden', name, value }));
      this.sent = true;
      document.body.append(form);
      form.submit();
    });
    place.before(notice);
  }
}

customElements.define('kcc-writing', Writing);

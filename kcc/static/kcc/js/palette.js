/* <kcc-palette> in a <dialog> finds and does everything: Ctrl+K, or typing or clicking in #kcc-omni. The server answers what is typed.
   main.js fetches this when somebody goes to #kcc-omni.

   <dialog id="kcc-palette"><kcc-palette url="/palette/" data-here="Op deze pagina" data-failed="Zoeken lukt niet." data-expired="Je bent uitgelogd.">
     <form method="post" action="/customers/"> <input name="q" role="combobox" aria-controls="palette-list"> <button data-close> </form>
     <div id="palette-list" role="listbox"></div> <p role="status" class="kcc-vh"> <template>the icon of what the page offers</template>
   </kcc-palette></dialog>

   POST url with q → [role=option]: links, or buttons with data-post (posts q there); data-start is where Ctrl+Enter goes; [data-said]
   is announced. What the page itself offers comes first, by its words: [data-palette] (its value: other words) and what is in its
   menus, not those of rows. Choosing presses it.
   Arrows, Home and End walk, Enter opens. Enter before the answer came opens it when there is but one.
*/
import { fold, mark, split } from './match.js';
import { make } from './options.js';
import { expired, post } from './page.js';

const PAUSE = 180;
const HERE = 'main [data-palette], main .kcc-menu__item:not(.kcc-list *), main .kcc-customer__actions .kcc-menu__list :is(a, button)';
const FIRST = 8; // of what the page offers, before anything was typed
const ROW = '[data-row], li, tr, [hidden]';

class Palette extends HTMLElement {
  connectedCallback() {
    this.dialog = this.closest('dialog');
    this.input = this.querySelector('[role=combobox]');
    this.list = this.querySelector('[role=listbox]');
    this.status = this.querySelector('[role=status]'); // what is outside a modal dialog is not read aloud
    for (const type of ['input', 'keydown', 'click', 'submit', 'mousedown']) this.addEventListener(type, this);
    this.dialog.addEventListener('close', () => this.before?.isConnected && this.before.focus());
    this.dialog.addEventListener('click', ({ target }) => target === this.dialog && this.dialog.close());
  }

  open(text, before) {
    const first = !this.dialog.open;
    if (!first && !text) return; // each key that was pressed on the way here comes by
    this.input.value = first ? text : this.input.value + text;
    if (first) {
      this.before = before;
      this.dialog.showModal();
      this.input.focus();
    }
    this.search(text ? PAUSE : 0);
  }

  handleEvent(event) {
    const option = event.target.closest('[role=option]');
    if (event.type === 'input') this.search(PAUSE);
    else if (event.type === 'submit') event.preventDefault();
    else if (event.type === 'keydown') this.key(event);
    else if (event.type === 'mousedown') option && event.preventDefault();
    else if (event.target.closest('[data-close]')) this.dialog.close();
    else if (option?.source || option?.dataset.post) this.choose(event, option);
    else if (option) this.dialog.close();
  }

  key(event) {
    const { key } = event;
    if (event.isComposing) return;
    const { options } = this;
    const at = options.indexOf(this.active);
    const to = { ArrowDown: at + 1, ArrowUp: at < 0 ? -1 : at - 1 }[key];
    if (to !== undefined) this.activate(options.at(to % (options.length || 1)));
    else if (key === 'Enter') this.asking ? (this.eager = event) : this.choose(event, this.active);
    else return;
    event.preventDefault();
  }

  get options() {
    return [...this.list.querySelectorAll('[role=option]')];
  }

  async search(wait) {
    clearTimeout(this.timer);
    this.request?.abort();
    const { signal } = (this.request = new AbortController());
    this.asking = true;
    this.eager = null;
    await new Promise((done) => (this.timer = setTimeout(done, wait)));
    const q = this.input.value;
    const response = await post(this.getAttribute('url'), new URLSearchParams({ q }), { signal }).catch(() => null);
    const html = response?.ok ? await response.text().catch(() => null) : null;
    if (signal.aborted) return;
    this.asking = false;
    this.show(q, html, response && expired(response) ? 'expired' : 'failed');
  }

  show(q, html, why) {
    const found = new DOMParser().parseFromString(html ?? '', 'text/html').body;
    const words = split(q);
    for (const label of found.querySelectorAll('[data-label]')) label.replaceChildren(...mark(label.textContent, words));
    const said = found.querySelector('[data-said]');
    said?.remove();
    this.list.replaceChildren(...this.here(words), ...found.childNodes);
    if (html === null) this.list.replaceChildren(make('p', { class: 'kcc-pal__none' }, this.dataset[why]));
    const { options } = this;
    this.activate(q ? options[0] : null); // nothing is done by Enter alone
    this.list.scrollTop = 0;
    this.status.textContent = html === null ? this.dataset[why] : said.textContent;
    if (this.eager && options.length === 1) this.choose(this.eager, options[0]);
  }

  // What can be done on this page, by what its own buttons and links say.
  here(words) {
    const name = (node) => node.dataset.palette || [...node.childNodes].map((part) => (part.localName === 'kbd' ? '' : part.textContent)).join('').trim();
    const fits = (node) => words.every((word) => fold(name(node)).includes(word));
    const icon = (node) => (node.querySelector('svg') || this.querySelector('template').content.firstElementChild).cloneNode(true);
    const nodes = [...document.querySelectorAll(HERE)].filter((node) => !node.disabled && !node.closest(ROW) && fits(node)).slice(0, words.length ? 50 : FIRST);
    if (!nodes.length) return [];
    const options = nodes.map((node, n) => {
      const label = make('span', { class: 'kcc-pal__main' }, make('span', {}, ...mark(name(node), words)));
      const option = make('button', { type: 'button', role: 'option', class: 'kcc-pal__choice', tabindex: -1, id: `palette-here-${n}` }, icon(node), label);
      return Object.assign(option, { source: node });
    });
    const head = make('div', { class: 'kcc-pal__head', role: 'presentation', id: 'palette-here' }, this.dataset.here);
    return [make('div', { role: 'group', 'aria-labelledby': head.id }, head, ...options)];
  }

  activate(option) {
    this.active?.setAttribute('aria-selected', 'false');
    this.active = option;
    if (!option) return this.input.removeAttribute('aria-activedescendant');
    option.setAttribute('aria-selected', 'true');
    option.scrollIntoView({ block: 'nearest' });
    this.input.setAttribute('aria-activedescendant', option.id);
  }

  choose(event, option) {
    if (!option) return;
    event.preventDefault();
    const { start, post: action } = option.dataset;
    this.dialog.close();
    if (option.source) option.source.click();
    else if (action) {
      const { form } = this.input;
      form.action = action;
      form.submit();
    } else if (event.ctrlKey && start) location.assign(start);
    else option.click();
  }
}

customElements.define('kcc-palette', Palette);

/** Open the palette with what was typed in the field of the top bar; afterwards the focus goes back to where it was. */
export function open(field, before) {
  document.querySelector('kcc-palette').open(field.value, before);
  field.value = '';
}

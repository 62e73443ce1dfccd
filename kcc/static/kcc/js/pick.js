/* <kcc-pick> in the menus of the editor: find a template, or an article of the knowledge base, and put its text in the letter.

   <kcc-pick><details data-menu data-templates><summary>Sjabloon</summary><div>
     <input type="search" data-pick> <button value="<uuid>" data-fill="/answers/<uuid>/fill/">…</button>
     <p data-none hidden>Geen sjabloon gevonden</p></div></details></kcc-pick>
   <kcc-pick><details data-menu data-articles="/knowledge/insert/" data-about="words to begin with"> <input type="search" data-ask>
     <div data-hits></div></details></kcc-pick>     what comes into it: <button type="button" data-text="…" data-article="<uuid>">

   Down and Up walk, Enter takes the first. Without JavaScript the buttons of templates are those of a form.
*/
import { post, tell } from './page.js';

const WAIT = 250;

class Pick extends HTMLElement {
  connectedCallback() {
    this.menu = this.querySelector('details');
    this.addEventListener('input', ({ target }) => this.search(target));
    this.addEventListener('keydown', (event) => this.walk(event));
    this.addEventListener('click', (event) => this.choose(event), true);
    this.menu.addEventListener('toggle', () => this.opened());
  }

  get field() {
    return this.querySelector('input[type=search]');
  }

  get choices() {
    return [...this.querySelectorAll('button[data-fill], button[data-text]')].filter((one) => !one.hidden);
  }

  opened() {
    if (!this.menu.open) return;
    this.field.focus();
    if ('ask' in this.field.dataset) this.ask();
  }

  search(field) {
    if ('ask' in field.dataset) return (clearTimeout(this.timer), (this.timer = setTimeout(() => this.ask(), WAIT)));
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const one of this.querySelectorAll('[data-fill]'))
      one.hidden = !words.every((word) => one.textContent.toLowerCase().includes(word));
    this.querySelector('[data-none]').hidden = this.choices.length > 0;
  }

  async ask() {
    const { articles, about = '' } = this.menu.dataset;
    const asked = (this.asked = new URLSearchParams({ q: this.field.value.trim(), about }));
    const answer = await post(articles, asked).catch(() => null); // the subject of a letter may name somebody
    if (answer?.ok && asked === this.asked) this.querySelector('[data-hits]').innerHTML = await answer.text();
  }

  walk(event) {
    const { choices, field } = this;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const here = choices.indexOf(document.activeElement);
    if (step) (choices[here + step] || field).focus();
    else if (event.key === 'Enter' && event.target === field && !event.ctrlKey) choices[0]?.click();
    else return;
    event.preventDefault();
  }

  async choose(event) {
    const { fill, text, article } = event.target.closest('button')?.dataset || {};
    if (!fill && !text) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const button = event.target.closest('button');
    const body = fill && new URLSearchParams(new FormData(button.form));
    body?.set('template', button.value);
    const answer = fill ? await post(fill, body).catch(() => null) : null;
    this.menu.open = false;
    this.field.value = '';
    this.search(this.field);
    if (text || answer?.ok) tell(this, 'kcc:insert', { text: text || (await answer.text()), article });
  }
}

customElements.define('kcc-pick', Pick);

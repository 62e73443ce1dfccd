/* <kcc-unsaved> around a form warns who leaves the page while something typed in it was not saved.

   <kcc-unsaved><form method="post">…</form></kcc-unsaved>
   <form> … <kcc-unsaved keep="/knowledge/<uuid>/describe/" data-draft-skip data-unsaved>          a part of a form that is saved along
     <fieldset>… <input type="hidden" name="stamp"> <span data-unsaved-note>Nog niet opgeslagen</span></fieldset></kcc-unsaved> </form>

   The form as it stood when the page came is what counts; sending it is saving, and so is putting back what was there. What came back
   with errors ([data-errors], [aria-invalid]), or unsaved, was never saved. While something is not, [data-unsaved-note] says so.
   keep: what is typed stays in this window under that name, and comes back with the page, until a page says that it was saved
   (copies.js). It comes back with the stamp of the page it was typed on, so that the server sees what a colleague changed since.
*/
import * as copies from './copies.js';
import { read, write } from './fields.js';

const state = (part) => JSON.stringify(read(part).filter(([name]) => name !== 'stamp'));
const values = (pairs, name) => JSON.stringify(pairs.filter(([one]) => one === name));

class Unsaved extends HTMLElement {
  connectedCallback() {
    const { signal } = (this.connection = new AbortController());
    this.fields = this.querySelector('form, fieldset');
    this.form = this.fields.form || this.fields;
    this.url = this.getAttribute('keep');
    const refused = 'unsaved' in this.dataset || this.querySelector('[data-errors], [aria-invalid]');
    this.first = read(this.fields);
    this.known = refused ? '' : state(this.fields);
    this.before = (refused && this.copy?.touched) || []; // typed on the page that was refused
    if (!refused) this.restore();
    for (const type of ['submit', 'input', 'change']) this.form.addEventListener(type, this, { signal });
    document.addEventListener('kcc:leave', this, { signal });
    addEventListener('beforeunload', this, { signal });
    this.look();
  }

  disconnectedCallback() {
    this.connection.abort();
  }

  get copy() {
    return this.url && copies.get(this.url);
  }

  get changed() {
    return state(this.fields) !== this.known;
  }

  handleEvent(event) {
    const { type } = event;
    if (type === 'submit') this.sent = !event.defaultPrevented;
    else if (type === 'kcc:leave') this.sent ||= !!this.url && !event.detail?.stays; // what is kept here comes back
    else if (type !== 'beforeunload') this.look();
    else if (!this.sent && this.changed) event.preventDefault();
    else this.sent = false;
  }

  look() {
    const { changed } = this;
    this.toggleAttribute('changed', changed);
    if (!this.url) return;
    if (!changed) return copies.drop(this.url);
    const pairs = read(this.fields);
    const names = new Set([...pairs, ...this.first].map(([name]) => name));
    const touched = [...names].filter((name) => values(pairs, name) !== values(this.first, name));
    copies.put({ url: this.url, touched: [...this.before, ...touched], pairs });
  }

  restore() {
    const { copy } = this;
    if (!copy) return;
    write(this.fields, copy.pairs, new Set(copy.touched));
    const [, stamp] = copy.pairs.find(([name]) => name === 'stamp') || [];
    if (this.changed && stamp) this.fields.elements.stamp.value = stamp;
  }
}

customElements.define('kcc-unsaved', Unsaved);

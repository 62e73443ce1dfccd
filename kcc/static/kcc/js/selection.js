/* <kcc-selection> counts the ticked rows of a list, and keeps them ticked when the list is refreshed.

   <kcc-selection><form> <input type="checkbox" data-all hidden> <b data-count data-words="{n} van {all} geselecteerd"></b>
     <button type="reset">Selectie wissen</button></form> … <input type="checkbox" name="chosen" form="…"> …</kcc-selection>

   data-all shows itself: ticks all, none, or stands on "some". Esc unticks. Said in #kcc-status; data-aloud: in other words.
*/
import { keep } from './morph.js';
import { fill, say } from './page.js';

class Selection extends HTMLElement {
  connectedCallback() {
    const { signal } = (this.connection = new AbortController());
    this.addEventListener('change', ({ target }) => this.change(target), { signal });
    this.addEventListener('reset', () => setTimeout(() => this.sync()), { signal });
    document.addEventListener('keydown', (event) => this.key(event), { signal });
    document.addEventListener('htmx:afterSettle', () => this.sync(false), { signal });
    this.sync(false);
  }

  disconnectedCallback() {
    this.connection.abort();
  }

  get boxes() {
    return [...this.querySelectorAll('input[type=checkbox][name=chosen]')];
  }

  change(box) {
    if ('all' in box.dataset) for (const one of this.boxes) one.checked = box.checked;
    else if (box.name !== 'chosen') return;
    this.sync();
  }

  key(event) {
    if (event.key !== 'Escape' || event.defaultPrevented || document.querySelector(':popover-open, dialog:modal'))
      return;
    if (!this.boxes.some((box) => box.checked)) return;
    for (const box of this.boxes) box.checked = false;
    this.sync();
  }

  sync(aloud = true) {
    const { boxes } = this;
    const n = boxes.filter((box) => box.checked).length;
    const [count, all] = [this.querySelector('[data-count]'), this.querySelector('[data-all]')];
    for (const box of boxes) keep(box, 'checked');
    if (!count || !all) return;
    keep(all, 'checked', 'hidden');
    all.hidden = false;
    all.checked = n > 0 && n === boxes.length;
    all.indeterminate = n > 0 && n < boxes.length;
    const words = fill(count.dataset.words, { n, all: boxes.length });
    if (count.textContent !== words) count.textContent = words;
    if (aloud) say(fill(count.dataset.aloud || count.dataset.words, { n, all: boxes.length }));
  }
}

customElements.define('kcc-selection', Selection);

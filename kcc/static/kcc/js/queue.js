/* <kcc-queue> holds the list of the work queue and the item beside it.

   <kcc-queue> <section class="kcc-list">… <div data-row><input type="checkbox" name="chosen"> <a href="…">…</a></div></section>
     <section id="bericht"> <input type="hidden" id="bericht-open" value="<uuid>"> … </section> </kcc-queue>

   In the list: x ticks the row with the focus, Shift with a click or with x ticks all from the last one ticked. In the item: Esc gives
   the focus back to its row, and where the list is not beside it goes back to the list; what was typed stays. When another item
   has come, its row is the current one. Enter in a field for the ticked rows presses the button beside it. Somebody who takes the item over is announced.
*/
import './mention.js';
import './presence.js';
import { say, visible } from './page.js';

const LAYER = ':popover-open, dialog:modal, details[data-menu][open]';

class Queue extends HTMLElement {
  connectedCallback() {
    this.addEventListener('keydown', this);
    this.addEventListener('click', this);
    document.addEventListener('htmx:afterSettle', this);
    this.settle();
  }

  disconnectedCallback() {
    document.removeEventListener('htmx:afterSettle', this);
  }

  get rows() {
    return [...this.querySelectorAll('.kcc-list [data-row]')];
  }

  get open() {
    const uuid = this.querySelector('#bericht-open')?.value;
    return uuid && document.getElementById(`case-${uuid}`);
  }

  handleEvent(event) {
    if (event.type === 'keydown') this.key(event);
    else if (event.type === 'click') this.click(event);
    else this.settle();
  }

  key(event) {
    const { key, target } = event;
    if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey) return;
    const row = target.closest('[data-row]');
    if (key.toLowerCase() === 'x' && row && document.body.dataset.shortcuts !== 'off') {
      const box = row.querySelector('[name=chosen]');
      this.tick(box, !box.checked, event.shiftKey);
    } else if (key === 'Enter' && target.matches('#bulk input')) target.closest('[popover]')?.querySelector('[name=action]').click();
    else if (key === 'Escape' && target.closest('#bericht') && !document.querySelector(LAYER)) this.back();
    else return;
    event.preventDefault();
  }

  click({ target, shiftKey }) {
    if (target.name !== 'chosen') return;
    if (shiftKey) this.tick(target, target.checked, true);
    this.last = target.value;
  }

  tick(box, on, range) {
    const boxes = this.rows.map((row) => row.querySelector('[name=chosen]'));
    const from = range ? boxes.findIndex((one) => one.value === this.last) : -1;
    const to = boxes.indexOf(box);
    for (const one of from < 0 ? [box] : boxes.slice(Math.min(from, to), Math.max(from, to) + 1)) one.checked = on;
    this.last = box.value;
    box.dispatchEvent(new Event('change', { bubbles: true }));
  }

  back() {
    const link = (this.open || this.rows[0])?.querySelector('a[href]');
    if (link && visible(link)) return link.focus();
    this.querySelector('.kcc-msg__back')?.click();
  }

  settle() {
    const open = this.open;
    for (const row of this.rows) if (row !== open) row.removeAttribute('aria-current');
    open?.setAttribute('aria-current', 'true');
    const uuid = this.querySelector('#bericht-open')?.value;
    const holder = this.querySelector('#bericht-kop')?.dataset.holder;
    const { user } = document.body.dataset;
    if (this.seen?.uuid === uuid && this.seen?.holder === user && holder && holder !== user)
      say([...this.querySelectorAll('#bericht-wie .kcc-there')].map((one) => one.innerText.trim()).join('. '), { urgent: true });
    this.seen = { uuid, holder };
  }
}

customElements.define('kcc-queue', Queue);

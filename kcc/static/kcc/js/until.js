/* <kcc-until at="2026-11-24T11:30:00+01:00" now="2026-11-24T10:42:00+01:00"></kcc-until> fires kcc:over when that moment has come.

   now: when the server wrote the page, for the clock of this machine may be wrong. It bubbles: what stands around it asks again.
   Not all pages at once: up to three seconds later.
*/
import { tell } from './page.js';

const LONGEST = 2 ** 31 - 1; // ms that a timer can wait
const SPREAD = 3000;

class Until extends HTMLElement {
  static observedAttributes = ['at', 'now'];

  connectedCallback() {
    this.wait();
  }

  connectedMoveCallback() {}

  disconnectedCallback() {
    clearTimeout(this.timer);
  }

  attributeChangedCallback() {
    if (this.isConnected) this.wait();
  }

  wait() {
    clearTimeout(this.timer);
    const left = new Date(this.getAttribute('at')) - new Date(this.getAttribute('now'));
    this.timer = setTimeout(() => tell(this, 'kcc:over'), Math.min(LONGEST, Math.max(0, left) + 500 + Math.random() * SPREAD));
  }
}

customElements.define('kcc-until', Until);

/* <kcc-board> holds a page that refreshes itself, and keeps it still while somebody is in a menu, a field or a dialog of it.

   <kcc-board><div id="dashboard" hx-get="…" hx-trigger="hint-callbacks from:body, every 60s">…</div></kcc-board>

   What a hint or the clock asked for meanwhile is asked again when the menu closes. What a person asks for goes on. */
import { asked } from './page.js';

const LAYER = ':popover-open, dialog:modal, details[data-menu][open]';

class Board extends HTMLElement {
  connectedCallback() {
    const { signal } = (this.connection = new AbortController());
    this.addEventListener('htmx:confirm', (event) => this.wait(event), { signal });
    this.addEventListener('toggle', () => this.goOn(), { signal, capture: true });
    this.addEventListener('focusout', () => setTimeout(() => this.goOn()), { signal });
  }

  disconnectedCallback() {
    this.connection.abort();
  }

  get busy() {
    return document.querySelector(LAYER) || this.querySelector('select:focus');
  }

  wait(event) {
    if (event.target.id !== 'dashboard' || asked(event.detail) || !this.busy) return;
    event.preventDefault();
    this.waits = true;
  }

  goOn() {
    if (!this.waits || this.busy) return;
    this.waits = false;
    const board = this.querySelector('#dashboard'); // asked by itself: its triggers may be throttled
    htmx.ajax('GET', board.getAttribute('hx-get'), { source: board, target: board, swap: 'morph:outerHTML' });
  }
}

customElements.define('kcc-board', Board);

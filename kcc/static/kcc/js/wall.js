/* The wallboard: its clock, and the word that its figures are old. Nothing of the desk is loaded.

   <kcc-wall at="2026-11-24T10:42:00+01:00" data-zone="Europe/Amsterdam" data-stale="Gegevens van {time}">icon <b></b></kcc-wall>     at: when the server counted
   <b data-clock>10:42</b>

   Figures older than a minute show when they are from; a screen whose server is away says so by itself.
*/
import { fill } from './page.js';
import './morph.js';
import './live.js';
import './timer.js';

const OLD = 60000;

class Wall extends HTMLElement {
  static observedAttributes = ['at'];

  connectedCallback() {
    this.beat ||= setInterval(() => this.tick(), 1000);
    this.tick();
  }

  connectedMoveCallback() {}

  disconnectedCallback() {
    clearInterval(this.beat);
    this.beat = null;
  }

  // How far the clock of this screen is off shows when the figures come in, which is at once.
  attributeChangedCallback() {
    this.counted = new Date(this.getAttribute('at'));
    this.ahead = Date.now() - this.counted;
  }

  // The clock of the office, wherever the screen thinks it hangs.
  clock(moment) {
    return moment.toLocaleTimeString('nl', { hour: '2-digit', minute: '2-digit', timeZone: this.dataset.zone });
  }

  tick() {
    const now = new Date(Date.now() - this.ahead);
    const old = now - this.counted > OLD;
    document.querySelector('[data-clock]').textContent = this.clock(now);
    this.classList.toggle('is-old', old);
    this.querySelector('b').textContent = old ? fill(this.dataset.stale, { time: this.clock(this.counted) }) : '';
  }
}

customElements.define('kcc-wall', Wall);

/* <kcc-notify> holds the cards of who calls. It never takes the focus and never touches what is being typed.

   <kcc-notify id="screenpop" hx-get="/calls/ringing/" hx-trigger="hint-ring, kcc:call from:body" hx-swap="morph:innerHTML"
               hx-sync="this:queue last" data-title="({n}) Inkomend" data-words="Inkomend gesprek">
     <section data-ring="<id>" data-say="Inkomend gesprek van …" data-note="Wachtrij Parkeren">…</section>    rings
     <section data-gone="<id>" hidden>Opgenomen door S. Bakker</section>           shows for 3 s where the call rang
   </kcc-notify>
   <button type="button" data-notify="note|sound" aria-pressed hidden>   shown here; what is on is kept in this browser

   A hint "call" of live.js asks at once; while #kcc-offline shows, every 5 s. A new call is said in #kcc-alert and stands in the title
   of the window; a window that is not in sight shows a notification, without a name, when that is on and allowed.
*/
import { fill, say, tell } from './page.js';

const POLL = 5000;
const STAY = 3000;
const on = (what) => localStorage.getItem(`kcc-notify:${what}`) === 'on';

function beep() {
  const audio = new AudioContext();
  const tone = new OscillatorNode(audio, { frequency: 660 });
  const volume = new GainNode(audio, { gain: 0.08 });
  tone.connect(volume).connect(audio.destination);
  tone.start();
  tone.stop(audio.currentTime + 0.4);
  tone.onended = () => audio.close();
}

class Notify extends HTMLElement {
  connectedCallback() {
    const { signal } = (this.connection = new AbortController());
    this.known = new Set();
    this.ended = new Set();
    document.addEventListener('kcc:hint', ({ detail }) => detail.name === 'call' && this.ask(), { signal });
    document.body.addEventListener('hint-call', () => Date.now() - this.asked > STAY && this.ask(), { signal });
    document.addEventListener('kcc:saved', () => this.ask(), { signal });
    this.addEventListener('htmx:afterSettle', () => this.look(), { signal });
    document.addEventListener('click', ({ target }) => this.turn(target.closest('[data-notify]')), { signal });
    document.addEventListener('htmx:afterRequest', ({ target }) => target.closest?.('#kcc-availability')?.hidePopover(), { signal });
    this.polling = setInterval(() => document.getElementById('kcc-offline')?.hidden === false && this.ask(), POLL);
    for (const button of document.querySelectorAll('[data-notify]')) {
      button.hidden = false;
      button.setAttribute('aria-pressed', on(button.dataset.notify));
    }
    this.asked = 0;
    // What came between the making of this page and the opening of its stream was told to nobody.
    document.querySelector('kcc-live')?.source?.addEventListener('open', () => this.ask(), { once: true, signal });
    this.look();
  }

  disconnectedCallback() {
    this.connection.abort();
    clearInterval(this.polling);
  }

  ask() {
    this.asked = Date.now();
    tell(this, 'hint-ring');
  }

  look() {
    const cards = [...this.querySelectorAll('[data-ring]')];
    for (const card of cards) if (!this.known.has(card.dataset.ring)) this.announce(card);
    for (const card of cards) this.known.add(card.dataset.ring);
    document.title = document.title.replace(/^\(\d+\) [^|]* \| (?=.* \| )/, '');
    if (cards.length) document.title = `${fill(this.dataset.title, { n: cards.length })} | ${document.title}`;
    for (const card of this.querySelectorAll('[data-gone]')) this.bury(card, card.dataset.gone);
  }

  bury(card, id) {
    card.hidden = !this.known.has(id) || this.ended.has(id);
    if (card.hidden) return;
    setTimeout(() => {
      this.ended.add(id);
      card.remove();
    }, STAY);
  }

  announce({ dataset }) {
    say(dataset.say, { urgent: true });
    if (on('sound')) beep();
    if (!document.hidden || !on('note') || globalThis.Notification?.permission !== 'granted') return;
    const note = new Notification(this.dataset.words, { body: dataset.note, tag: dataset.ring });
    note.onclick = () => (window.focus(), note.close());
  }

  async turn(button) {
    if (!button) return;
    const { notify } = button.dataset;
    const wish = !on(notify);
    if (wish && notify === 'note' && (await globalThis.Notification?.requestPermission()) !== 'granted') return;
    localStorage.setItem(`kcc-notify:${notify}`, wish ? 'on' : 'off');
    button.setAttribute('aria-pressed', wish);
  }
}

customElements.define('kcc-notify', Notify);

/* <kcc-presence> tells the server that this colleague has an item on the screen, types in it, or is idle; and when they leave.

   <section> <kcc-presence url="/cases/…/presence/" seen="1795600000000000"></kcc-presence> … <textarea></textarea> </section>

   POST state=viewing|typing|idle every 20 s and at once when it changes; the answer's X-Seen names this visit. Typing: a key in a
   field of the part around it in the last 20 s. Idle: nothing was done for 60 s, or the page is hidden.
   When the element goes, or the page: state=left with the last X-Seen, so that a newer visit of the same person stays; and with a
   word for this look at it, for what was told last may still be on its way.
*/
import { aWord, expired, post } from './page.js';

const EVERY = 20000;
const REST = 60000;

class Presence extends HTMLElement {
  connectedCallback() {
    const { signal } = (this.connection = new AbortController());
    this.seen = this.getAttribute('seen');
    this.page = aWord();
    this.state = 'viewing';
    this.acted = Date.now();
    this.around = this.closest('section') || document.body;
    this.around.addEventListener('input', () => this.act(true), { signal });
    for (const type of ['keydown', 'pointerdown', 'pointermove', 'wheel'])
      document.addEventListener(type, () => this.act(), { signal, passive: true });
    document.addEventListener('visibilitychange', () => this.look(), { signal });
    window.addEventListener('pagehide', () => this.leave(), { signal });
    window.addEventListener('pageshow', ({ persisted }) => persisted && this.tell(), { signal });
    document.addEventListener('kcc:resumed', () => this.watch(), { signal });
    this.watch();
  }

  watch() {
    clearInterval(this.timer);
    this.timer = setInterval(() => this.tell(), EVERY);
  }

  connectedMoveCallback() {}

  disconnectedCallback() {
    this.connection.abort();
    clearInterval(this.timer);
    this.leave();
  }

  act(typing) {
    this.acted = Date.now();
    if (typing) this.typed = this.acted;
    this.look();
  }

  look() {
    if (!this.gone && this.now() !== this.state) this.tell();
  }

  now() {
    const since = (moment) => Date.now() - (moment || 0);
    if (document.hidden || since(this.acted) > REST) return 'idle';
    return since(this.typed) < EVERY ? 'typing' : 'viewing';
  }

  post(state, options) {
    const body = new URLSearchParams({ state, seen: this.seen || '', page: this.page });
    return post(this.getAttribute('url'), body, options).catch(() => null);
  }

  async tell() {
    this.gone = false;
    this.state = this.now();
    const answer = await this.post(this.state);
    if (answer?.ok) this.seen = answer.headers.get('X-Seen') || this.seen;
    else if (answer && (expired(answer) || answer.status === 404)) clearInterval(this.timer);
  }

  // The page is made hidden after it was left: that is no news.
  leave() {
    if (this.gone) return;
    this.gone = true;
    this.post('left', { keepalive: true });
  }
}

customElements.define('kcc-presence', Presence);

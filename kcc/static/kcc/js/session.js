/* <kcc-session> warns 5 minutes before the session ends; one key extends it. It never takes the focus.

   <kcc-session expires="{{ expiry|date:'U' }}" now="{% now 'U' %}" url="/accounts/extend/" data-left="{n} min" data-ended="Je bent uitgelogd …">
     <div data-session role="region" aria-label="Sessie" hidden>Je wordt over <b data-left-here></b> uitgelogd.
       <button type="button" data-session-extend>Blijf ingelogd</button></div>
   </kcc-session>

   url: POST → 204. X-Session-Expires: <epoch> on that answer, and on any other (htmx, drafts), moves the end, in the other windows
   too. Its key: {"keys": "Alt+KeyV", "action": "click", "target": "[data-session-extend]"}.
   At the end: the text becomes data-ended and drafts are kept in the window.
*/
import { expired, fill, post, say, tell } from './page.js';

const WARN = 300;

class Session extends HTMLElement {
  connectedCallback() {
    this.ahead = Date.now() / 1000 - (Number(this.getAttribute('now')) || Date.now() / 1000);
    this.end = Number(this.getAttribute('expires'));
    this.windows = new BroadcastChannel('kcc-session');
    this.windows.onmessage = ({ data }) => this.move(data, false);
    this.strip = this.querySelector('[data-session]');
    if (!this.end) return;
    const { signal } = (this.connection = new AbortController());
    this.addEventListener('click', ({ target }) => target.closest('[data-session-extend]') && this.extend(), {
      signal,
    });
    document.addEventListener('kcc:session', ({ detail }) => this.move(detail.expires), { signal });
    document.addEventListener('visibilitychange', () => this.look(), { signal });
    const heard = ({ detail }) => this.move(detail.xhr.getResponseHeader('X-Session-Expires'));
    document.addEventListener('htmx:afterRequest', heard, { signal });
    this.look();
  }

  disconnectedCallback() {
    this.connection?.abort();
    this.windows.close();
    clearTimeout(this.timer);
  }

  move(expires, share = true) {
    if (!(Number(expires) > this.end)) return;
    this.end = Number(expires);
    if (share) this.windows.postMessage(this.end);
    this.look();
  }

  look() {
    clearTimeout(this.timer);
    const left = this.end + this.ahead - Date.now() / 1000;
    const shown = left < WARN;
    const fresh = shown && this.strip.hidden;
    this.strip.hidden = !shown;
    if (left <= 0) return this.over();
    const here = this.querySelector('[data-left-here]');
    if (shown && here) here.textContent = fill(this.dataset.left, { n: Math.ceil(left / 60) });
    if (fresh) say(this.strip.textContent.replace(/\s+/g, ' ').trim(), { urgent: true });
    this.timer = setTimeout(() => this.look(), 1000 * Math.min(3600, shown ? Math.min(20, left) : left - WARN) + 50);
  }

  over() {
    if (this.strip.textContent === this.dataset.ended) return;
    tell(document, 'kcc:leave');
    this.strip.textContent = this.dataset.ended;
    say(this.dataset.ended, { urgent: true });
  }

  async extend() {
    const focused = this.contains(document.activeElement);
    const response = await post(this.getAttribute('url')).catch(() => null);
    if (response && expired(response)) this.over();
    if (focused && this.strip.hidden) document.querySelector('h1')?.focus();
  }
}

customElements.define('kcc-session', Session);

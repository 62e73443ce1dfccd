/* <kcc-session> warns 5 minutes before the session ends; one key extends it. It never takes the focus, and never leaves the page.

   <kcc-session expires="{{ expiry|date:'U' }}" now="{% now 'U' %}" url="/accounts/extend/" resume="/accounts/resume/"
     data-left="{n} min" data-back="Je bent weer ingelogd. …">
     <div data-session role="region" aria-label="Sessie" hidden>Je wordt over <b data-left-here></b> uitgelogd.
       <button type="button" data-session-extend>Blijf ingelogd</button></div>
     <div data-session-over role="region" aria-label="Sessie" hidden>Je bent uitgelogd. <a href="/login/" target="_blank">Log in …</a></div>
   </kcc-session>

   url: POST → 204. X-Session-Expires: <epoch> on that answer, and on any other (htmx, drafts), moves the end, in the other windows
   too. Its key: {"keys": "Alt+KeyV", "action": "click", "target": "[data-session-extend]"}.
   At the end, or when an answer says that it ended (expired.js): what is typed stays, drafts are kept in the window, [data-session-over]
   is shown and said, and what nobody pressed asks nothing more of the server.
   resume: GET → {user, token, expires}. Who comes back to the page after logging in elsewhere goes on where they were: all forms get
   the new token, data-back is said, and kcc:resumed fires. A colleague who logged in meanwhile does not.
*/
import { pressed } from './expired.js';
import { fill, post, say, tell } from './page.js';
import { toast } from './toast.js';

const WARN = 300;
const words = (node) => node.textContent.replace(/\s+/g, ' ').trim();

class Session extends HTMLElement {
  connectedCallback() {
    this.ahead = Date.now() / 1000 - (Number(this.getAttribute('now')) || Date.now() / 1000);
    this.end = Number(this.getAttribute('expires'));
    this.windows = new BroadcastChannel('kcc-session');
    this.windows.onmessage = ({ data }) => this.move(data, false);
    this.windows.postMessage(this.end); // a window of somebody who logged in again
    this.strip = this.querySelector('[data-session]');
    this.ended = this.querySelector('[data-session-over]');
    if (!this.end) return;
    const { signal } = (this.connection = new AbortController());
    this.addEventListener('click', ({ target }) => target.closest('[data-session-extend]') && this.extend(), {
      signal,
    });
    document.addEventListener('kcc:session', ({ detail }) => this.move(detail.expires), { signal });
    document.addEventListener('kcc:expired', ({ detail }) => this.lost(detail.sent), { signal });
    document.addEventListener('htmx:beforeRequest', (event) => this.hush(event), { signal });
    document.addEventListener('visibilitychange', () => (this.over ? this.resume() : this.look()), { signal });
    addEventListener('focus', () => this.over && this.resume(), { signal });
    const heard = ({ detail }) => this.move(detail.xhr.getResponseHeader('X-Session-Expires'));
    document.addEventListener('htmx:afterRequest', heard, { signal });
    this.look();
  }

  disconnectedCallback() {
    this.connection?.abort();
    this.windows.close();
    clearTimeout(this.timer);
  }

  get over() {
    return !this.ended.hidden;
  }

  move(expires, share = true) {
    if (expires && this.over) this.resume();
    if (!(Number(expires) > this.end)) return;
    this.end = Number(expires);
    if (share) this.windows.postMessage(this.end);
    if (!this.over) this.look();
  }

  look() {
    clearTimeout(this.timer);
    const left = this.end + this.ahead - Date.now() / 1000;
    const shown = left < WARN && left > 0;
    const fresh = shown && this.strip.hidden;
    this.strip.hidden = !shown;
    if (left <= 0) return this.lost();
    const here = this.querySelector('[data-left-here]');
    if (shown && here) here.textContent = fill(this.dataset.left, { n: Math.ceil(left / 60) });
    if (fresh) say(words(this.strip), { urgent: true });
    this.timer = setTimeout(() => this.look(), 1000 * Math.min(3600, shown ? Math.min(20, left) : left - WARN) + 50);
  }

  // It may be that only what this page knows is old: who logged in again elsewhere goes on at once.
  async lost(sent = false) {
    if (await this.resume()) return sent && this.back();
    if (this.over && !sent) return;
    clearTimeout(this.timer);
    if (!this.over) tell(document, 'kcc:leave', { stays: true });
    this.strip.hidden = true;
    this.ended.hidden = false;
    say(words(this.ended), { urgent: true });
  }

  hush(event) {
    if (this.over && !pressed(event.detail.requestConfig)) event.preventDefault();
  }

  resume() {
    return (this.asking ||= this.ask().finally(() => (this.asking = null)));
  }

  async ask() {
    const answer = await fetch(this.getAttribute('resume'), { redirect: 'manual' }).catch(() => null);
    const { user, token, expires } = answer?.ok ? await answer.json().catch(() => ({})) : {};
    if (!token || user !== document.body.dataset.user) return false;
    const headers = JSON.parse(document.body.getAttribute('hx-headers') || '{}');
    document.body.setAttribute('hx-headers', JSON.stringify({ ...headers, 'X-CSRFToken': token }));
    for (const field of document.querySelectorAll('[name=csrfmiddlewaretoken]')) field.value = token;
    this.end = Number(expires) || this.end;
    if (this.over) this.back();
    this.ended.hidden = true;
    this.look();
    tell(document, 'kcc:resumed');
    return true;
  }

  back() {
    toast({ text: this.dataset.back, kind: 'ok' });
  }

  async extend() {
    const focused = this.contains(document.activeElement);
    await post(this.getAttribute('url')).catch(() => null);
    if (focused && this.strip.hidden && !this.over) document.querySelector('h1')?.focus();
  }
}

customElements.define('kcc-session', Session);

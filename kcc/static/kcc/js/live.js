/* <kcc-live> listens to the events of the server. An event is a hint: parts of the page fetch themselves again through htmx.

   <kcc-live url="/events/?t=…" names="timeline callbacks bell call" poll="30" renew="/accounts/events-token/"></kcc-live>
   <div id="kcc-offline" hidden>Verbinding verbroken. Gegevens verversen elke 30 seconden.</div>
   <ol hx-get="…" hx-trigger="hint-timeline from:body" hx-swap="morph:outerHTML">

   For each event (named, or unnamed with the name as data): kcc:hint {name, data} on the element, at once; and hint-<name> on body,
   at most once per 2 s, the last one always. Names without a place in `names` are ignored. What the menu counts also gives
   hint-menu, at most once per 10 s: every desk hears of every case; of news the line about disruptions gives it. The count of the bell stands in the title of the window.
   No stream for 10 s: #kcc-offline shows and is announced, and all names are hinted each `poll` seconds, until the stream is back;
   then all once more, since hints were missed. Without url it only polls.
   renew answers {"url": "…"} when the token has ended. spread="500" (ms, optional) spreads the re-fetching of many desks.
   Hidden for 5 minutes: the stream closes, unless `always` is there (desks that get calls); on return all names are hinted,
   as they are when somebody logged in again (kcc:resumed).
   silence="60" (s, optional): no event for so long (send "ping" more often; it needs no place in names) means a dead line.
*/
import { expired, say, tell } from './page.js';

const PATIENCE = 10000;
const PAUSE = 2000;
const SLOW = 10000;
const COUNTED = ['cases', 'callbacks', 'call'];
const REST = 5 * 60000;

class Live extends HTMLElement {
  connectedCallback() {
    const { signal } = (this.connection = new AbortController());
    this.names = (this.getAttribute('names') || '').split(/\s+/).filter(Boolean);
    this.last = new Map();
    this.tries = 0;
    document.addEventListener('visibilitychange', () => this.rest(), { signal });
    window.addEventListener('pagehide', () => this.close(), { signal });
    window.addEventListener('pageshow', (event) => event.persisted && this.wake(), { signal });
    window.addEventListener('online', () => this.source || this.open(), { signal });
    document.addEventListener('kcc:resumed', () => this.wake(), { signal });
    this.open();
  }

  connectedMoveCallback() {}

  disconnectedCallback() {
    this.connection.abort();
    for (const timer of [this.patience, this.polling, this.resting]) clearTimeout(timer);
    this.patience = null;
    this.close();
  }

  open(url = this.getAttribute('url')) {
    this.close();
    if (!url) return this.start();
    this.patience ||= setTimeout(() => this.down(), PATIENCE);
    this.source = new EventSource(url, { withCredentials: true });
    this.source.onopen = () => this.up();
    this.source.onerror = () => this.fail();
    this.source.onmessage = ({ data }) => this.hear(data, '');
    for (const name of [...this.names, 'ping', 'missed']) this.source.addEventListener(name, ({ data }) => this.hear(name, data));
    this.listen();
  }

  close() {
    for (const timer of [this.retry, this.deaf]) clearTimeout(timer);
    this.source?.close();
    this.source = null;
  }

  // A line that died without a word is opened again.
  listen() {
    clearTimeout(this.deaf);
    const silence = Number(this.getAttribute('silence'));
    if (silence) this.deaf = setTimeout(() => this.fail(true), silence * 1000);
  }

  hear(name, data) {
    this.listen();
    if (name === 'missed') this.all();
    if (!this.names.includes(name)) return;
    tell(this, 'kcc:hint', { name, data });
    this.hint(name);
  }

  hint(name, pause = PAUSE) {
    if (COUNTED.includes(name)) this.hint('menu', SLOW);
    const wait = Math.max(0, (this.last.get(name) ?? 0) + pause - Date.now());
    if (wait > pause) return; // one is already on its way
    const spread = Math.random() * (Number(this.getAttribute('spread')) || 0);
    this.last.set(name, Date.now() + wait + (wait || spread ? 1 : 0));
    setTimeout(() => {
      this.last.set(name, Date.now());
      if (this.isConnected) tell(document.body, `hint-${name}`);
    }, wait + spread);
  }

  all() {
    for (const name of this.names) this.hint(name);
  }

  up() {
    const missed = this.missed;
    this.tries = 0;
    this.missed = false;
    clearTimeout(this.patience);
    clearInterval(this.polling);
    this.patience = this.polling = null;
    this.strip(false);
    if (missed) this.all();
  }

  // The browser retries by itself, except after an answer that is not a stream: then the token may have ended.
  fail(dead) {
    this.missed = true;
    this.patience ||= setTimeout(() => this.down(), PATIENCE);
    if (!dead && this.source?.readyState === EventSource.CONNECTING) return;
    this.close();
    const wait = Math.min(30000, 1000 * 2 ** this.tries++) * (0.5 + Math.random());
    this.retry = setTimeout(() => this.renew(), wait);
  }

  async renew() {
    const url = this.getAttribute('renew');
    const old = new URL(this.getAttribute('url') || '', location.href).searchParams.get('t') || '';
    const address = `${url}?t=${encodeURIComponent(old)}`; // so that the fresh token names what this page shows, too
    const answer = url && (await fetch(address, { redirect: 'manual' }).catch(() => null));
    if (answer && expired(answer)) tell(document, 'kcc:expired');
    const fresh = answer?.ok ? (await answer.json().catch(() => ({}))).url : null;
    if (!this.isConnected || this.source) return;
    if (url && !fresh) this.fail(true);
    else this.open(fresh || undefined);
  }

  down() {
    this.strip(true);
    this.start();
  }

  start() {
    clearInterval(this.polling);
    this.polling = setInterval(() => document.hidden || this.all(), (Number(this.getAttribute('poll')) || 30) * 1000);
  }

  strip(shown) {
    const strip = document.getElementById('kcc-offline');
    if (!strip || strip.hidden === !shown) return;
    strip.hidden = !shown;
    if (shown) say(strip.textContent.trim(), { urgent: true });
  }

  rest() {
    clearTimeout(this.resting);
    if (!document.hidden) return this.asleep && this.wake();
    if (this.hasAttribute('always')) return;
    this.resting = setTimeout(() => {
      this.asleep = true;
      clearTimeout(this.patience);
      this.patience = null;
      this.close();
    }, REST);
  }

  wake() {
    this.asleep = false;
    this.missed = true;
    this.open();
  }
}

customElements.define('kcc-live', Live);

const CALLS = /^(\(\d+\) [^|]* \| (?=.* \| ))?(\(\d+\) )?/; // see notify.js

function count() {
  const n = document.getElementById('kcc-bell-count')?.textContent;
  const title = document.title.replace(CALLS, (all, calls = '') => calls + (n ? `(${n}) ` : ''));
  if (title !== document.title) document.title = title;
}
document.addEventListener('htmx:afterSettle', count);
count();

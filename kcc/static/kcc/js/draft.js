/* <kcc-draft> keeps what is typed in a form: on the server 2 s after the last key, and until the server has it in
   sessionStorage (per person, gone after saving and signing out).

   <kcc-draft url="/drafts/<uuid>/" data-saved-at="{{ draft.saved_at|date:'U' }}" data-turn="{{ draft.turn }}"    (none: not on the server yet)
              data-saved="Concept bewaard om {time}" data-failed="Niet bewaard, we proberen het opnieuw"
              data-expired="Je bent uitgelogd. Je tekst blijft in dit venster bewaard." data-gone="…">
     <form id="…"> … <span data-draft-status></span> … </form>
   </kcc-draft>

   With an icon: <span data-draft-status><svg …> <span data-draft-text></span></span>, shown by kcc-draft[state=saved].
   Fields elsewhere on the page with form="…" count too. key="contact" (optional) for a form whose uuid is made anew at each
   page view: a copy that never reached the server, or only while that page was on its way, comes back in the next such form.
   The element shows its state: state="saved|failed|expired|gone|conflict", and fires kcc:kept when the server has it. With
   data-rescue a copy that a newer one on the server came before is not dropped, but put in its property older. X-Draft-Bsn in the answer shows <p data-draft-bsn hidden>.

   Everything sent by one look at the page, the form itself included, has a turn ("<this look at the page>.<number>"), so that what arrives late cannot
   take the place of what was sent after it.

   POST url, urlencoded fields → 204 with X-Draft-Saved: 10:42 · 401, 403, redirect: signed out, until kcc:resumed · 404, 410: no longer there · 409: a colleague's,
   or with X-Draft-Conflict one's own in another tab (data-conflict-own).
   Saved or thrown away: HX-Trigger: {"kcc:saved": {"draft": "<url>"}} on the final answer (not on a 302). See also copies.js.
*/
import * as copies from './copies.js';
import { aWord, expired, fill, post, say, tell } from './page.js';
import { read, skipped, write } from './fields.js';

const PAUSE = 2000;
const LIMIT = 10000;
const EVENTS = ['input', 'change', 'submit', 'formdata', 'visibilitychange', 'kcc:saved', 'kcc:leave', 'kcc:resumed', 'htmx:beforeRequest'];
const SWAPS = ['htmx:afterRequest', 'htmx:beforeSwap', 'htmx:oobBeforeSwap', 'htmx:afterSettle'];
const TEXT = 'textarea, input:not([type=checkbox], [type=radio])'; // of these "input" says all; "change" also comes of leaving
const page = aWord();
let turns = 0;
const turn = () => `${page}.${(turns += 1)}`;
const carried = new Map(); // what was typed in a form that a swap is about to replace

class Draft extends HTMLElement {
  static observedAttributes = ['url'];
  #url;
  #reached; // when the server had it for the first time
  #timer;
  #request;
  #sent;
  #since;
  #base;
  #pairs;
  #touched;
  #version;
  #saved;
  #tries;
  #sending;

  connectedCallback() {
    const { signal } = (this.connection = new AbortController());
    for (const name of [...EVENTS, ...SWAPS]) document.addEventListener(name, this, { signal });
    for (const name of ['pagehide', 'online']) window.addEventListener(name, this, { signal });
    if (this.#url !== this.getAttribute('url')) this.#start();
  }

  connectedMoveCallback() {}

  disconnectedCallback() {
    this.connection.abort();
    this.flush();
  }

  // The fields of the next draft arrive after this attribute: start when the swap is done.
  attributeChangedCallback() {
    if (!this.#url || this.#url === this.getAttribute('url')) return;
    this.flush();
    this.#request = null;
    queueMicrotask(() => this.isConnected && this.#start());
  }

  #start() {
    this.#url = this.getAttribute('url');
    this.#base = Number(this.dataset.savedAt) || 0;
    this.#clear();
    const copy = copies.get(this.#url, !this.#base && this.#place);
    if (copy && copy.url !== this.#url) copies.drop(copy.url);
    if (copy && this.#isNewer(copy)) write(this.#form, copy.pairs, new Set(copy.touched));
    else if (copy && 'rescue' in this.dataset) this.older = copy;
    else if (copy) copies.drop(copy.url);
    this.#restore();
  }

  // Of one page the turns tell. Else both moments are the server's: a newer one than the copy was based on means that it has
  // what was typed here.
  #isNewer({ turn: [of, n] = [], base }) {
    const [by, k] = (this.dataset.turn || '').split('.');
    return of === by ? n >= Number(k) : base >= this.#base;
  }

  #clear() {
    clearTimeout(this.#timer);
    this.#request?.abort();
    this.#request = null;
    this.#sent = new WeakMap(); // by request, because a part of the form may ask something of its own meanwhile
    this.#sending = false;
    this.#pairs = [];
    this.#touched = new Set();
    this.#since = this.#version = this.#saved = this.#tries = this.#reached = 0;
  }

  get #place() {
    return this.getAttribute('key') || '';
  }

  get #form() {
    return this.querySelector('form') || this.closest('form');
  }

  get dirty() {
    return this.#version > this.#saved && !this.#sending;
  }

  handleEvent(event) {
    const { type, target, detail } = event;
    const ours = detail?.elt && (this.contains(detail.elt) || detail.elt.form === this.#form);
    if (type === 'input' || (type === 'change' && !target.matches(TEXT))) this.#change(target);
    else if (type === 'visibilitychange') document.hidden ? this.flush() : this.#plan(0);
    else if (type === 'pagehide') this.flush();
    else if (type === 'online') this.#plan(0);
    else if (type === 'kcc:resumed') this.dirty && this.#plan(PAUSE * (2 ** this.#tries++ - 1));
    else if (type === 'kcc:leave') this.keep();
    else if (type === 'submit' && target === this.#form) this.#pause();
    else if (type === 'formdata' && target === this.#form) event.formData.set('draft_turn', turn());
    else if (type === 'htmx:beforeRequest' && ours) this.#sent.set(detail.xhr, new Set(read(this.#form).map(String)));
    else if (type === 'htmx:afterRequest' && detail.elt === this.#form) this.#resume();
    else if (type.endsWith('eforeSwap') && (detail.target || target).contains(this)) this.#carry(detail.xhr);
    else if (type === 'htmx:afterSettle') this.#restore();
    else if (type === 'kcc:saved' && (detail.draft ? detail.draft === this.#url : ours || this.contains(target))) {
      copies.drop(this.#url);
      this.#clear();
      this.#show('');
    }
  }

  #change(field) {
    if (!field.name || field.form !== this.#form || skipped(field)) return;
    const first = !this.#version;
    this.#sending = false;
    this.#touched.add(field.name);
    this.#version += 1;
    this.#since ||= Date.now();
    this.keep();
    if (!this.#tries) this.#plan(first ? 0 : Math.min(PAUSE, this.#since + LIMIT - Date.now()));
  }

  #pause() {
    clearTimeout(this.#timer);
    this.keep();
    this.#sending = true; // the form itself is on its way: no draft must follow it
  }

  #resume() {
    if (!this.#sending) return;
    this.#sending = false;
    if (this.#touched.size) this.#version += 1;
    this.#plan(PAUSE);
  }

  #plan(wait) {
    clearTimeout(this.#timer);
    if (this.dirty) this.#timer = setTimeout(() => this.flush(false), wait);
  }

  /** Write the copy in this window; kept until the server has it. */
  keep() {
    if (!this.#touched.size) return;
    if (this.isConnected) this.#pairs = read(this.#form);
    const [url, place, base, reached] = [this.#url, this.#place, this.#base, this.#reached];
    const whole = this.#version === this.#saved; // the server has all of it
    copies.put({ url, place, base, reached, whole, turn: [page, turns], touched: [...this.#touched], pairs: this.#pairs });
  }

  /** Send what the server does not have; `leaving` outlives the page. */
  async flush(leaving = true) {
    if (!this.dirty || (this.#request && !leaving)) return;
    clearTimeout(this.#timer);
    this.#request?.abort();
    const request = (this.#request = new AbortController());
    const version = this.#version;
    const body = new URLSearchParams([...this.#pairs.map(([name, value]) => [name, value]), ['draft_turn', turn()]]);
    const patience = setTimeout(() => request.abort(), 15000);
    const keepalive = leaving && String(body).length < 60000;
    const response = await post(this.#url, body, { keepalive, signal: request.signal }).catch(() => null);
    clearTimeout(patience);
    if (this.#request !== request) return;
    this.#request = null;
    if (response?.ok) this.#done(version, response.headers);
    else if (response && expired(response)) this.#show('expired');
    else if ([404, 410].includes(response?.status)) this.#show('gone');
    else if (response?.status === 409) this.#show('conflict', {}, response.headers.has('X-Draft-Conflict') ? 'Own' : '');
    else {
      this.#show('failed');
      this.#plan(Math.min(60000, PAUSE * 2 ** this.#tries++) * (0.75 + Math.random() / 2));
    }
  }

  #done(version, headers) {
    this.#saved = version;
    this.#tries = this.#since = 0;
    if (!this.#base) this.#reached = Date.now();
    this.#base = Math.ceil((Date.parse(headers.get('Date')) || Date.now()) / 1000) + 1;
    this.#drop();
    const time = headers.get('X-Draft-Saved'); // none: there was nothing worth keeping yet
    if (time) this.#show('saved', { time });
    tell(this, 'kcc:kept');
    const hint = this.querySelector('[data-draft-bsn]');
    const bsn = headers.has('X-Draft-Bsn');
    if (bsn && hint?.hidden) say(hint.textContent.trim());
    if (hint) hint.hidden = !bsn;
    if (this.dirty) {
      this.keep();
      this.#plan(PAUSE);
    }
  }

  // Not at once: a page that is on its way since before the first time does not know the draft.
  #drop() {
    const wait = this.#reached + LIMIT - Date.now();
    if (wait <= 0) return copies.drop(this.#url);
    this.keep();
    setTimeout(copies.settle, wait, this.#url);
  }

  #show(state, values, kind = '') {
    const status = this.querySelector('[data-draft-status]');
    const text = fill(this.dataset[state + kind], values);
    if (status) (status.querySelector('[data-draft-text]') || status).textContent = text;
    status?.classList.toggle('is-warn', !!state && state !== 'saved');
    if (state !== this.getAttribute('state') && !['saved', 'expired'].includes(state)) say(text); // session.js says the latter
    if (state) this.setAttribute('state', state);
    else this.removeAttribute('state');
  }

  // A swap that replaces the form knows what it was sent; whatever was typed besides is carried over.
  #carry(xhr) {
    const now = read(this.#form);
    const sent = (xhr && this.#sent.get(xhr)) || new Set();
    const fresh = now.filter((pair) => this.#touched.has(pair[0]) && !sent.has(String(pair)));
    const gone = [...this.#touched].filter((name) => !sent.size && !now.some((pair) => pair[0] === name));
    if (!fresh.length && !gone.length) return;
    const url = this.#url;
    carried.set(url, [now, new Set([...fresh.map(([name]) => name), ...gone])]);
    setTimeout(() => carried.delete(url), 1000); // another draft came instead
  }

  /** True when a morph must leave this field alone: what was typed in it is newer than what comes. */
  carries(name) {
    return this.getAttribute('url') === this.#url && carried.get(this.#url)?.[1].has(name);
  }

  #restore() {
    const kept = carried.get(this.#url);
    carried.delete(this.#url);
    if (kept) write(this.#form, ...kept);
  }
}

customElements.define('kcc-draft', Draft);

/* <kcc-toast> is a message in #kcc-toasts that goes away after 6 s, not while it has the pointer or the focus.

   <div id="kcc-toasts" data-error-text="Dat is niet gelukt. Probeer het opnieuw." data-offline-text="Geen verbinding …"
        data-timeout-text="Het duurt te lang …">  {# the server may put toasts here: messages, hx-swap-oob="beforeend:#kcc-toasts" #}
     <template id="kcc-toast">
       <kcc-toast class="kcc-toast"><svg class="kcc-toast__ring">…</svg><span data-text></span>
         <a data-action hidden></a><button type="button" data-dismiss aria-label="Sluiten">…</button></kcc-toast>
     </template>
   </div>

   seconds="10" (6 without), kind="ok|info|warn|late" (class is-<kind>; late stays until dismissed, as does data-sticky).
   The ring is CSS: is-running, is-paused, and the custom property --kcc-toast-time.
   HX-Trigger: {"kcc:toast": {"text": "…", "kind": "ok", "seconds": 6, "sticky": false, "href": "/…", "action": "Bekijk"}}
   Failed htmx requests show the texts above, or data-error-text of the part they are for, except those of a hint (live.js); a clock that keeps failing shows once. Texts are announced in #kcc-status, late
   ones in #kcc-alert: so no role on the toast.
*/
import { asked, fill, focus, say } from './page.js';

let before; // where the focus was before it came into a toast

class Toast extends HTMLElement {
  connectedCallback() {
    const kind = this.getAttribute('kind');
    if (kind) this.classList.add(`is-${kind}`);
    this.left = (Number(this.getAttribute('seconds')) || 6) * 1000;
    this.style.setProperty('--kcc-toast-time', `${this.left}ms`);
    for (const type of ['pointerenter', 'pointerleave', 'focusin', 'focusout', 'click'])
      this.addEventListener(type, this);
    say(this.querySelector('[data-text]')?.textContent || this.textContent, { urgent: kind === 'late' });
    this.run();
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
  }

  handleEvent({ type, target, relatedTarget }) {
    if (type === 'click') target.closest('[data-dismiss]') && this.dismiss();
    else if (type === 'pointerenter' || type === 'focusin') this.pause();
    else if (!this.matches(':hover, :focus-within')) this.run();
    if (type === 'focusin' && !relatedTarget?.closest('kcc-toast')) before = relatedTarget;
  }

  run() {
    if ('sticky' in this.dataset || this.getAttribute('kind') === 'late') return;
    this.until = Date.now() + this.left;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.dismiss(), this.left);
    this.classList.add('is-running');
    this.classList.remove('is-paused');
  }

  pause() {
    if (!this.timer) return;
    clearTimeout(this.timer);
    if (!this.classList.contains('is-paused')) this.left = Math.max(1000, this.until - Date.now());
    this.classList.add('is-paused');
  }

  dismiss() {
    const focused = this.contains(document.activeElement);
    this.remove();
    if (focused && before?.isConnected) before.focus();
    else if (focused) focus(document.querySelector('h1') || document.body);
  }
}

/** Show a message; the same words twice are one message. */
export function toast({ text, kind, seconds, sticky, href, action }) {
  const place = document.getElementById('kcc-toasts');
  const template = document.getElementById('kcc-toast');
  if (!text || !template) return;
  for (const shown of place.querySelectorAll('kcc-toast')) if (shown.said === text) shown.remove();
  const node = template.content.firstElementChild.cloneNode(true);
  node.said = text;
  node.querySelector('[data-text]').textContent = text;
  if (kind) node.setAttribute('kind', kind);
  if (seconds) node.setAttribute('seconds', seconds);
  if (sticky) node.dataset.sticky = '';
  const link = node.querySelector('[data-action]');
  if (href && link) Object.assign(link, { href, textContent: action, hidden: false });
  place.append(node);
}

function failed({ type, detail }) {
  if (detail.requestConfig?.triggeringEvent?.type.startsWith('hint-')) return;
  const place = document.getElementById('kcc-toasts');
  const { errorText, offlineText, timeoutText } = place?.dataset || {};
  const own = detail.elt?.closest('[data-error-text]')?.dataset.errorText;
  const words = { 'htmx:sendError': offlineText, 'htmx:timeout': timeoutText }[type] || own || errorText;
  const text = fill(words, { status: detail.xhr?.status });
  const shown = place && [...place.querySelectorAll('kcc-toast')].some((one) => one.said === text);
  if (!shown || asked(detail.requestConfig)) toast({ text, kind: 'late' });
}

customElements.define('kcc-toast', Toast);
document.addEventListener('kcc:toast', ({ detail }) => toast(detail));
for (const type of ['htmx:responseError', 'htmx:sendError', 'htmx:timeout']) document.addEventListener(type, failed);

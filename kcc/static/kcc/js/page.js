/* What every element needs of the page around it.

   <body hx-headers='{"X-CSRFToken": "…"}'>
   <div id="kcc-status" class="kcc-vh" role="status"></div>
   <div id="kcc-alert" class="kcc-vh" role="alert"></div>

   What a swap brings in [data-announce] (its value, or its text) is said too: what a hint brought, at most once per 30 s.
   HX-Trigger: {"kcc:say": {"text": "Contact opgeslagen"}}     also "urgent": true
               {"kcc:content": {"url": "/customers/…/"}}        what #inhoud shows from now on, fetched without its shell
*/

/** Put values in words that the template wrote: fill('Bewaard om {time}', {time: '10:42'}). */
export const fill = (words, values = {}) => (words || '').replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);

/** Tell everybody on the page; bubbles. */
export const tell = (node, name, detail = {}) => node.dispatchEvent(new CustomEvent(name, { bubbles: true, detail }));

/** Give a word of its own for one look at something. */
export const aWord = () => Math.random().toString(36).slice(2, 12);

const pending = new Map();

/** Have a screen reader say it: politely, or at once. Emptied first, so that the same words are said twice. */
export function say(text, { urgent = false } = {}) {
  const region = document.getElementById(urgent ? 'kcc-alert' : 'kcc-status');
  if (!region || !text) return;
  const lines = pending.get(region) || [];
  pending.set(region, [...lines, text]);
  if (lines.length) return;
  region.textContent = '';
  setTimeout(() => {
    region.textContent = pending.get(region).join('. ');
    pending.delete(region);
  }, 80);
}

/** POST to our own server. A redirect (to the login) is not followed; see `expired`, which the page hears as kcc:expired. */
export async function post(url, body, options = {}) {
  const headers = JSON.parse(document.body.getAttribute('hx-headers') || '{}');
  const response = await fetch(url, { method: 'POST', body, headers, redirect: 'manual', ...options });
  const expires = response.headers.get('X-Session-Expires');
  if (expires) tell(document, 'kcc:session', { expires });
  if (expired(response)) tell(document, 'kcc:expired');
  return response;
}

/** True when the answer means: sign in again. */
export const expired = (response) => response.type === 'opaqueredirect' || [401, 403].includes(response.status);

const WISH = /^(click|submit|change|input|key|pop|search|toggle|kcc:(?!tab))/;

/** True when a person asked for this htmx request, and not a hint, a clock or the page itself. */
export const asked = (config) => WISH.test(config?.triggeringEvent?.type);

/** True when a person can see it: not hidden, not in a closed drawer, tab or menu. */
export const visible = (node) => node.checkVisibility({ visibilityProperty: true });

/** Focus anything, a heading too. In a text that was never touched one goes on typing at its end. */
export function focus(node, options) {
  const untouched = node.localName === 'textarea' && node !== document.activeElement && !node.selectionEnd;
  if (untouched) node.setSelectionRange(node.value.length, node.value.length);
  node.focus(options);
  if (document.activeElement === node) return;
  node.tabIndex = -1;
  node.focus(options);
}

/** Open what hides it (disclosure, tab, drawer, revealed part), so that it can get the focus. */
export function reveal(node) {
  for (let up = node.parentElement; up; up = up.parentElement) if (up.localName === 'details') up.open = true;
  tell(node, 'kcc:show');
}

const told = new Map(); // when, by the part of the page it was about

document.addEventListener('htmx:afterSettle', ({ target, detail }) => {
  const node = target.matches('[data-announce]') ? target : target.querySelector('[data-announce]');
  const text = node && (node.dataset.announce || node.textContent.trim());
  const rest = asked(detail.requestConfig) ? 0 : 30000;
  if (!text || Date.now() - (told.get(target.id) ?? -rest) < rest) return;
  told.set(target.id, Date.now());
  say(text);
});

// Where only the last answer counts, none counts once that part of the page is gone: another form may stand in its place.
function isThere(event) {
  if (!this.isConnected) event.preventDefault();
}
document.addEventListener('htmx:beforeRequest', ({ detail: { elt } }) => {
  if (elt.matches('[hx-sync$=":replace"]')) elt.addEventListener('htmx:beforeOnLoad', isThere);
});

document.addEventListener('kcc:content', (event) => htmx.ajax('GET', event.detail.url, { target: '#inhoud', event }));
document.addEventListener('kcc:say', ({ detail }) => say(detail.text ?? detail.value, detail));

/* What every element needs of the page around it.

   <body hx-headers='{"X-CSRFToken": "…"}'>
   <div id="kcc-status" class="kcc-vh" role="status"></div>
   <div id="kcc-alert" class="kcc-vh" role="alert"></div>

   HX-Trigger: {"kcc:say": {"text": "Contact opgeslagen"}}     also "urgent": true
*/

/** Put values in words that the template wrote: fill('Bewaard om {time}', {time: '10:42'}). */
export const fill = (words, values = {}) => (words || '').replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);

/** Tell everybody on the page; bubbles. */
export const tell = (node, name, detail = {}) => node.dispatchEvent(new CustomEvent(name, { bubbles: true, detail }));

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

/** POST to our own server. A redirect (to the login) is not followed; see `expired`. */
export async function post(url, body, options = {}) {
  const headers = JSON.parse(document.body.getAttribute('hx-headers') || '{}');
  const response = await fetch(url, { method: 'POST', body, headers, redirect: 'manual', ...options });
  const expires = response.headers.get('X-Session-Expires');
  if (expires) tell(document, 'kcc:session', { expires });
  return response;
}

/** True when the answer means: sign in again. */
export const expired = (response) => response.type === 'opaqueredirect' || [401, 403].includes(response.status);

const WISH = /^(click|submit|change|input|key|pop|search|toggle|kcc:(?!tab))/;

/** True when a person asked for this htmx request, and not a hint, a clock or the page itself. */
export const asked = (config) => WISH.test(config?.triggeringEvent?.type);

/** True when a person can see it: not hidden, not in a closed drawer, tab or menu. */
export const visible = (node) => node.checkVisibility({ visibilityProperty: true });

/** Focus anything, a heading too. */
export function focus(node, options) {
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

document.addEventListener('kcc:say', ({ detail }) => say(detail.text ?? detail.value, detail));

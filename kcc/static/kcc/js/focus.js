/* Where the focus goes after an htmx swap.

   0. Who pressed a key or clicked while the answer settled, and has the focus, keeps it.
   1. What the person did not ask for (hint-*, load, revealed, every) never moves the focus, whatever the answer holds: not even autofocus.
   2. [data-focus] in the answer, or on a new page, gets it: the summary of errors, the field to go on with. autofocus is
      for whole pages and dialogs. data-focus="#id" points at what gets it, outside the swap. A new page without it: the first error, or the h1 when it brings a message.
   3. A new <main> or [data-page]: its h1.
   4. The focus stays. Where its node has gone: the node with the same id (htmx), else the heading [tabindex="-1"] of what came,
      else of the part around it, else the h1. A button that was disabled meanwhile gets it back.
*/
import { asked, focus, reveal, visible } from './page.js';

const HEADING = 'h1[tabindex="-1"], h2[tabindex="-1"], h3[tabindex="-1"]';
const PART = 'section, aside, main, [data-region]';
const held = new WeakMap(); // where the focus was when a request began (hx-disabled-elt takes it away) or just before its swap
const acted = new WeakMap(); // how many keys and clicks there had been just before its swap
let acts = 0;
const swapped = new WeakMap(); // the parts one answer brought
const lost = () => !document.activeElement || document.activeElement === document.body;
const can = (node) => node.isConnected && !node.disabled && visible(node);

function fall(parts, options) {
  const places = [...parts, ...parts.map((part) => part.parentElement?.closest(PART)), document];
  const heading = places.map((place) => place?.querySelector(HEADING)).find(Boolean);
  focus(heading || document.querySelector('h1') || document.body, options);
}

function settle(parts, before, wish, went) {
  const had = before && before !== document.body;
  if (!wish) {
    if (had && can(before) && (lost() || !went)) before.focus({ preventScroll: true });
    else if (had && lost()) fall(parts, { preventScroll: true });
    return;
  }
  if (went && !lost()) return; // the next words go where they were meant
  const wanted = parts
    .map((part) => (part.matches('[data-focus]') ? part : part.querySelector('[data-focus]')))
    .find(Boolean);
  const page = parts.find((part) => part.matches('main, [data-page]'));
  const field = wanted?.dataset.focus && document.querySelector(wanted.dataset.focus);
  if (field) (reveal(field), focus(field));
  else if (wanted) focus(wanted);
  else if (page) focus(page.querySelector('h1') || page);
  else if (had && lost()) can(before) ? before.focus() : fall(parts);
}

document.addEventListener('htmx:beforeRequest', ({ detail }) => held.set(detail.xhr, document.activeElement));

for (const type of ['keydown', 'pointerdown']) document.addEventListener(type, () => acts++, true);

document.addEventListener('htmx:beforeSwap', ({ detail }) => {
  acted.set(detail.xhr, acts);
  if (!lost()) held.set(detail.xhr, document.activeElement);
});

document.addEventListener('htmx:afterSettle', ({ target, detail: { xhr, requestConfig } }) => {
  if (!xhr) return; // a page out of the browser's history
  if (swapped.has(xhr)) return swapped.get(xhr).push(target);
  const parts = [target];
  swapped.set(xhr, parts);
  const went = acts !== acted.get(xhr); // elsewhere, while the answer settled
  queueMicrotask(() => settle(parts, held.get(xhr), asked(requestConfig), went));
});

// A form that opens above the page: its first field, so that the next key goes into it.
document.addEventListener(
  'toggle',
  ({ target, newState }) => {
    const at = document.activeElement;
    if (newState !== 'open' || !target.matches('.kcc-act[popover], details[data-fill]')) return;
    if (target.contains(at) && !at.matches('summary')) return;
    const field = [...target.querySelectorAll('input:not([type=hidden]), select, textarea')].find(can);
    if (field) focus(field);
  },
  true,
);

// A page that came of a form: what is wrong with it, or after saving (it says so) what its address names, else the h1.
const wrong = [...document.querySelectorAll('[data-focus], [data-errors], [aria-invalid="true"]')].find(can);
const place = document.getElementById(location.hash.slice(1)) || document.querySelector('h1');
const first = wrong || (document.querySelector('#kcc-toasts > kcc-toast') && place);
if (first && lost()) focus(first);

// A page that is there to fill in names the field to begin with; that may be one that an element makes.
document.addEventListener('DOMContentLoaded', () => {
  const named = document.querySelector('[data-focus^="#"]');
  const field = named && lost() && document.querySelector(named.dataset.focus);
  if (field) focus(field);
});

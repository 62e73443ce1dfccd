/* <kcc-shortcuts> in the base template runs the keys of the page; all off with <body data-shortcuts="off">, except Esc.

   <kcc-shortcuts></kcc-shortcuts>
   <script type="application/json" id="kcc-keys">[
     {"keys": "Alt+KeyN", "action": "focus", "target": "#id_text"},        opens tab, drawer or part around it; also headings
     {"keys": "Alt+KeyN", "action": "goto", "href": "/contacts/new/"},     same keys: the first one that can, does
     {"keys": "Alt+KeyA", "action": "click", "target": "[data-answer]"},   links too
     {"keys": "Control+Enter", "action": "submit", "target": "form.kcc-reg, form.kcc-edit"},
     {"keys": "Control+Shift+Enter", "action": "submit", "target": "form.kcc-reg", "name": "next", "value": "same"},
     {"keys": "Alt+KeyM", "action": "show", "target": "#menu"}             dialog, popover, drawer, <details>; again: closes
   ]</script>

   Keys are event.code or event.key with Alt, Control (Ctrl), Shift, Meta. submit: the form around the field with the focus if it posts
   or matches target, else the first visible match, and in a popover only one inside it (no target: the form with the focus); without
   a name the button that is data-main or primary, else the first that shows; one with a name also from a closed menu.
   Built in, unless the same action and target or the same keys are listed: Control+KeyK #kcc-omni, Control+Slash
   #kcc-shortcuts (a dialog), F6 and Shift+F6 through [data-region] (in the order of its numbers).
   While a modal dialog is open only targets inside it work. Esc closes <dialog open>, <details data-menu>; text stays.
*/
import { tinykeys } from '../vendor/tinykeys.module.js';
import { focus, reveal, visible } from './page.js';

const BUILT_IN = [
  { keys: 'Control+KeyK', action: 'focus', target: '#kcc-omni' },
  { keys: 'Control+Slash', action: 'show', target: '#kcc-shortcuts' },
  { keys: 'F6', action: 'region', step: 1 },
  { keys: 'Shift+F6', action: 'region', step: -1 },
];
const MAC = /Mac|iP/.test(navigator.platform);
const modal = () => [...document.querySelectorAll('dialog:modal')].pop();
const all = (selector) => [...document.querySelectorAll(selector)];
const find = (selector) => all(selector).find(visible) || document.querySelector(selector);

// In a field of a form that saves something; words to search for are not, nor is a heading or a message.
const FIELD = 'input:not([type=search]), select, textarea, [contenteditable=true]';
const types = (node) => node?.closest('form[method=post]') && node.matches(FIELD);

const ACTIONS = {
  focus({ target }) {
    const node = find(target);
    if (!node) return false;
    reveal(node);
    focus(node);
    if (node.type === 'search') node.select();
    return true;
  },
  click({ target }) {
    const node = find(target);
    if (!node || node.disabled || !visible(node)) return false;
    node.click();
    return true;
  },
  submit({ target, name, value }) {
    const at = document.activeElement;
    const here = at?.form || at?.closest('form');
    const layer = at?.closest(':popover-open');
    const reachable = (one) => visible(one) && (!layer || layer.contains(one));
    const form = !target || here?.matches(target) || types(at) ? here : all(target).find(reachable);
    if (layer && !form) return true; // what lies under it is not what was meant
    const buttons = [...(form?.elements || [])].filter(
      (field) => field.type === 'submit' && !field.matches(':disabled'),
    );
    const shown = buttons.filter(visible);
    const button = name
      ? buttons.find((one) => one.name === name && (value == null || one.value === value))
      : shown.find((one) => one.matches('[data-main], .nl-button--primary')) || shown[0];
    if (!button || !visible(form)) return false;
    button.click();
    return true;
  },
  goto({ href }) {
    location.assign(href);
    return true;
  },
  show({ target }) {
    const node = document.querySelector(target);
    if (!node) return false;
    if (node.popover) node.togglePopover();
    else if (node.localName === 'details') ((node.open = !node.open), focus(node.firstElementChild));
    else if (node.open) node.close();
    else if (node.showModal) node.showModal();
    else document.querySelector(`[data-drawer-open="${node.id}"]`)?.click();
    return true;
  },
  region({ step }) {
    const regions = all('[data-region]:not(:has([data-region]))').filter(visible);
    regions.sort((one, other) => one.dataset.region - other.dataset.region || 0);
    const here = regions.indexOf(document.activeElement?.closest('[data-region]'));
    const next = regions.at(here < 0 ? (step > 0 ? 0 : -1) : (here + step) % regions.length);
    if (next) focus(next);
    return !!next;
  },
};

function run(event, entries) {
  if (event.defaultPrevented || event.isComposing || document.body.dataset.shortcuts === 'off') return;
  if ((event.getModifierState('AltGraph') && !MAC) || (event.repeat && entries[0].action !== 'region')) return;
  const top = modal();
  const done = entries.some((entry) => {
    if (top && !(entry.target && all(entry.target).some((node) => top.contains(node)))) return false;
    return ACTIONS[entry.action]?.(entry);
  });
  if (done) event.preventDefault();
}

// The browser itself closes dialogs and popovers on Esc and gives the focus back; but from a search field it only empties that.
function escape(event) {
  if (event.key !== 'Escape' || event.defaultPrevented || event.isComposing) return;
  const words = event.target.type === 'search' && event.target.value;
  const above = all(':popover-open').pop() || modal();
  if (above && !words) return;
  const layers = all('dialog[open], details[data-menu][open]');
  const layer = above || layers.findLast((node) => node.contains(document.activeElement)) || layers.at(-1);
  if (layer?.popover) layer.hidePopover();
  else if (layer?.localName === 'dialog') layer.close();
  else if (layer) {
    layer.open = false;
    focus(layer.querySelector('summary'));
  }
  if (layer || words) event.preventDefault();
}

class Shortcuts extends HTMLElement {
  connectedCallback() {
    const listed = JSON.parse(document.getElementById('kcc-keys')?.textContent || '[]');
    const same = (one, other) => one.keys === other.keys || (other.target && one.target === other.target);
    const map = {};
    for (const entry of [...listed, ...BUILT_IN.filter((one) => !listed.some((other) => same(one, other)))])
      (map[entry.keys.replace(/\bCtrl\b/, 'Control')] ||= []).push(entry);
    this.stop = tinykeys(
      window,
      Object.fromEntries(Object.entries(map).map(([keys, entries]) => [keys, (event) => run(event, entries)])),
    );
    window.addEventListener('keydown', escape);
  }

  disconnectedCallback() {
    this.stop();
    window.removeEventListener('keydown', escape);
  }
}

customElements.define('kcc-shortcuts', Shortcuts);

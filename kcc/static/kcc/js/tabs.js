/* <kcc-tabs> makes tabs of links to panels on the same page; without JavaScript they are links and all panels show.

   <kcc-tabs>
     <nav data-tabs aria-label="Hulp"><a href="#help-call" aria-current="true">Gesprekshulp</a><a href="#help-news">Wat is nieuw</a></nav>
     <section id="help-call">…</section> <section id="help-news" hx-get="…" hx-trigger="kcc:tab once">…</section>
   </kcc-tabs>

   Every link in data-tabs has its panel. Made: role tablist, tab, tabpanel, aria-selected, aria-controls, a name for panels without
   one; hidden on the other panels. A panel fires kcc:tab when it is shown. Arrows, Home and End move and show.

   A drawer below 1240px (CSS hides .kcc-help and shows .kcc-help.is-open):
   <button type="button" data-drawer-open="help" aria-expanded="false" aria-controls="help">…</button>
   <aside class="kcc-help" id="help" data-region="5" aria-label="…">… <button type="button" data-drawer-close>…</button></aside>
   Esc closes it and gives the focus back. A shortcut to something inside opens drawer and tab (kcc:show).
*/
import { focus, tell, visible } from './page.js';
import { keep } from './morph.js';

class Tabs extends HTMLElement {
  connectedCallback() {
    this.setup();
    for (const type of ['click', 'keydown', 'kcc:show', 'htmx:afterSettle']) this.addEventListener(type, this);
  }

  setup() {
    const list = this.querySelector('[data-tabs]');
    const links = [...list.querySelectorAll('a')];
    this.pairs = links.map((tab) => [tab, document.getElementById(tab.hash.slice(1))]).filter(([, panel]) => panel);
    list.setAttribute('role', 'tablist');
    keep(list, 'role');
    for (const [tab, panel] of this.pairs) {
      tab.setAttribute('role', 'tab');
      tab.setAttribute('aria-controls', panel.id);
      panel.setAttribute('role', 'tabpanel');
      if (!panel.matches('[aria-label], [aria-labelledby]')) panel.setAttribute('aria-label', tab.textContent.trim());
      keep(tab, 'role', 'aria-controls', 'aria-selected', 'aria-current', 'tabindex');
      keep(panel, 'role', 'hidden', 'aria-label');
    }
    this.show(
      links.find((tab) => tab.matches('[aria-selected=true]')) ||
        links.find((tab) => tab.matches('[aria-current]')) ||
        links[0],
    );
  }

  show(chosen) {
    for (const [tab, panel] of this.pairs) {
      const on = tab === chosen;
      const fresh = on && tab.getAttribute('aria-selected') !== 'true';
      tab.setAttribute('aria-selected', on);
      tab.removeAttribute('aria-current');
      tab.tabIndex = on ? 0 : -1;
      panel.hidden = !on;
      if (fresh) tell(panel, 'kcc:tab');
    }
  }

  handleEvent(event) {
    if (event.type === 'htmx:afterSettle') return this.setup();
    const showing = event.type === 'kcc:show';
    const tabs = this.pairs.map(([tab]) => tab);
    const at = this.pairs.findIndex((pair) => pair[showing ? 1 : 0].contains(event.target));
    if (at < 0) return;
    if (showing) return this.show(tabs[at]);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: -1, ' ': at }[event.key];
    if (event.type === 'keydown' && (to === undefined || event.ctrlKey || event.altKey || event.metaKey)) return;
    const tab = event.type === 'click' ? tabs[at] : tabs.at(to % tabs.length);
    event.preventDefault();
    this.show(tab);
    tab.focus();
  }
}

const openers = new Map();

function drawer(node, open, opener) {
  node.classList.toggle('is-open', open);
  for (const button of document.querySelectorAll(`[data-drawer-open="${node.id}"]`))
    button.setAttribute('aria-expanded', open);
  if (open) openers.set(node, opener);
  else if (node.contains(document.activeElement) || document.activeElement === document.body)
    openers.get(node)?.focus();
}

document.addEventListener('click', ({ target }) => {
  const button = target.closest('[data-drawer-open]');
  const node = button
    ? document.getElementById(button.dataset.drawerOpen)
    : target.closest('[data-drawer-close]')?.closest('.is-open');
  if (!node) return;
  const open = !!button && !node.classList.contains('is-open');
  drawer(node, open, button);
  if (open) focus(node.querySelector('[data-drawer-focus], h2') || node);
});

document.addEventListener('kcc:show', ({ target }) => {
  const node = [...document.querySelectorAll('[data-drawer-open]')]
    .map((button) => document.getElementById(button.dataset.drawerOpen))
    .find((one) => one?.contains(target));
  if (node && !visible(node)) drawer(node, true, document.activeElement);
});

document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape' || event.defaultPrevented || document.querySelector('dialog:modal, :popover-open')) return;
  for (const [node] of openers)
    if (node.isConnected && node.matches('.is-open')) {
      drawer(node, false);
      event.preventDefault();
    }
});

customElements.define('kcc-tabs', Tabs);

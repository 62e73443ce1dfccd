/* The queue of callbacks and the page of one: calling down a list.

   <a href="/callbacks/…/?view=mine#bellen">Bel nu</a>     opens the page, which then dials; going back or renewing it does not dial again
   <a href="/callbacks/…/?view=mine#poging">               opens the page at the form for writing down how it went

   Alt+P on a row of the queue goes to that form (on the page itself the shortcuts do).
*/
import { focus, reveal } from './page.js';

const ATTEMPT = '[data-key=attempt]';

document.addEventListener('keydown', (event) => {
  if (event.code !== 'KeyP' || !event.altKey || event.ctrlKey || event.metaKey || event.getModifierState('AltGraph')) return;
  const link = document.activeElement?.closest('#callbacks [data-row]')?.querySelector('th a[href]');
  if (!link || document.body.dataset.shortcuts === 'off') return;
  event.preventDefault();
  location.assign(`${link.href}#poging`);
});

function arrive() {
  const { hash } = location;
  const call = document.querySelector('.kcc-call[data-then]');
  const form = document.querySelector(ATTEMPT);
  if (!form || !['#bellen', '#poging'].includes(hash)) return;
  history.replaceState(history.state, '', location.pathname + location.search);
  if (hash === '#bellen' && call) return call.click();
  reveal(form);
  focus(form);
}
arrive();

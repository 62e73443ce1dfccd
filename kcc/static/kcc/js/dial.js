/* Every telephone number is a link that dials: <a href="tel:+31612345678">. That somebody pressed it is written down meanwhile.

   <body data-dialled="/calls/dialled/">                 where to; without it nothing is written down
   <a href="tel:…" data-customer="<uuid>" data-call="<uuid>" data-then="[data-key=attempt]">     all three optional
   <section data-customer="<uuid>"> … <a href="tel:…">     also around it; data-then gets the focus, for writing down how it went
*/
import { focus, post, reveal } from './page.js';

document.addEventListener('click', ({ target }) => {
  const link = target.closest?.('a[href^="tel:"]');
  const url = document.body.dataset.dialled;
  if (!link || !url) return;
  const about = { number: decodeURIComponent(link.getAttribute('href').slice(4)) };
  for (const name of ['customer', 'call']) {
    const value = link.closest(`[data-${name}]`)?.dataset[name];
    if (value) about[name] = value;
  }
  post(url, new URLSearchParams(about), { keepalive: true }).catch(() => {});
  const next = link.dataset.then && document.querySelector(link.dataset.then);
  if (next) {
    reveal(next);
    focus(next);
  }
});

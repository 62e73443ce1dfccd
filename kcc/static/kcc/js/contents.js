/* <kcc-contents><nav><a href="#uitleg">Uitleg</a> …</nav></kcc-contents> marks which part of a text is being read.

   It is the part that began last at the top of its pane. What stands at the end of a text never comes to the top: there it is the
   part that a link led to, as long as that is in view, or else the last one.
*/
const ROOM = 64; // px below the top of the pane in which a heading has just come to the top

class Contents extends HTMLElement {
  connectedCallback() {
    this.away = new AbortController();
    const look = () => (this.frame ??= requestAnimationFrame(() => this.look()));
    for (const type of ['scroll', 'resize', 'hashchange', 'htmx:afterSettle'])
      addEventListener(type, look, { capture: true, passive: true, signal: this.away.signal });
    this.look();
  }

  disconnectedCallback() {
    this.away.abort();
    cancelAnimationFrame(this.frame);
  }

  look() {
    this.frame = null;
    const links = [...this.querySelectorAll('a[href^="#"]')];
    const article = this.closest('.kcc-art__scroll');
    const pane = article && article.scrollHeight > article.clientHeight ? article : document.scrollingElement;
    const { scrollTop, clientHeight, scrollHeight } = pane;
    const top = Math.max(0, pane.getBoundingClientRect().top);
    const places = links.map((link) => document.getElementById(link.hash.slice(1))?.getBoundingClientRect().top ?? Infinity);
    let now = 0;
    places.forEach((place, n) => place <= top + ROOM && (now = n));
    if (scrollTop > 0 && scrollTop + clientHeight >= scrollHeight - 2) {
      const led = links.findIndex((link) => link.hash === location.hash);
      now = places[led] >= top && places[led] < top + clientHeight ? led : places.length - 1;
    }
    if (!scrollTop) now = 0;
    links.forEach((link, n) => (n === now ? link.setAttribute('aria-current', 'location') : link.removeAttribute('aria-current')));
  }
}

customElements.define('kcc-contents', Contents);

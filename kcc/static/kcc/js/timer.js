/* <kcc-timer> is a clock that ticks, never announced. The server writes the words inside; JavaScript keeps them right.

   Call:      <kcc-timer role="timer" since="2026-11-24T10:38:00+01:00" now="{{ now|date:'c' }}">03:42</kcc-timer>     mm:ss, h:mm:ss
   Deadline:  <kcc-timer until="…ISO…" now="…" data-before="nog {time}" data-after="{time} te laat"
                         data-day="{d} d {h} u" data-hour="{h} u {m} min" data-minute="{m} min">nog 48 min</kcc-timer>

   now is the server's clock when it wrote this: a wrong clock on the desk does not show. data-day may be left out: then 26 u 5 min.
   Passing the deadline adds is-late and fires kcc:late (bubbles): hx-trigger="kcc:late". Only for time by the clock: words in
   working time come from the server.
*/
import { fill, tell } from './page.js';

const two = (number) => String(number).padStart(2, '0');
const timers = new Set();
let beat;

function run() {
  clearInterval(beat);
  if (document.hidden || !timers.size) return;
  for (const timer of timers) timer.tick();
  beat = setInterval(() => timers.forEach((timer) => timer.tick()), 1000);
}
document.addEventListener('visibilitychange', run);

class Timer extends HTMLElement {
  connectedCallback() {
    this.ahead = Date.now() - (Date.parse(this.getAttribute('now')) || Date.now());
    timers.add(this);
    if (timers.size === 1) run();
    else this.tick();
  }

  connectedMoveCallback() {}

  disconnectedCallback() {
    timers.delete(this);
    if (!timers.size) run();
  }

  tick() {
    const moment = Date.parse(this.getAttribute('until') || this.getAttribute('since'));
    const passed = Math.floor((Date.now() - this.ahead - moment) / 1000);
    const text = this.hasAttribute('until') ? this.words(passed) : this.clock(Math.max(0, passed));
    if (text && text !== this.textContent) this.textContent = text;
  }

  clock(seconds) {
    const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
    return h ? `${h}:${two(m)}:${two(s)}` : `${two(m)}:${two(s)}`;
  }

  words(passed) {
    const late = passed >= 0;
    if (late && this.late === false) tell(this, 'kcc:late');
    if (late !== this.late) this.classList.toggle('is-late', late);
    this.late = late;
    const all = Math.floor(Math.abs(passed) / 60);
    const { day, hour, minute, before, after } = this.dataset;
    const [words, h] =
      day && all >= 1440 ? [day, Math.floor(all / 60) % 24] : [all >= 60 ? hour : minute, Math.floor(all / 60)];
    return fill(late ? after : before, { time: fill(words, { d: Math.floor(all / 1440), h, m: all % 60 }) });
  }
}

customElements.define('kcc-timer', Timer);

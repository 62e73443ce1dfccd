/* <kcc-copy> copies the text of another element: as plain text with bullets, or the value of a field.

   <kcc-copy for="answer-7" data-done="Gekopieerd" data-failed="Kopiëren lukt niet">
     <button type="button" hidden><span data-label>Kopieer antwoord</span></button>        shown when there is JavaScript
   </kcc-copy>

   Left out: [hidden], [data-no-copy]. A link becomes "words (https://…)". After it, 2 s: the words of data-done and is-done.
   Fires kcc:copied (bubbles), for counting: hx-trigger="kcc:copied".
*/
import { keep } from './morph.js';
import { say, tell } from './page.js';

const BLOCKS = /^(p|div|section|article|h[1-6]|ul|ol|dl|dt|dd|table|tr|blockquote|pre|figure)$/;

function text(node, mark = '') {
  if (node.nodeType === 3) return node.data.replace(/\s+/g, ' ');
  if (node.nodeType !== 1 || node.matches('[hidden], [data-no-copy], script, style, svg')) return '';
  const { localName } = node;
  if (localName === 'br') return '\n';
  const inner = [...node.childNodes]
    .map((child) => text(child, localName === 'ol' ? `${place(child)}. ` : '• '))
    .join('');
  if (localName === 'li') return `\n${mark}${inner.trim().replace(/\n+/g, '\n   ')}`;
  if (localName === 'a' && /^https?:/.test(node.getAttribute('href')) && !inner.includes(node.href))
    return `${inner} (${node.href})`;
  if (localName === 'td' || localName === 'th') return `${inner.trim()}\t`;
  return BLOCKS.test(localName) ? `\n${inner.trim()}\n${localName === 'p' || localName[0] === 'h' ? '\n' : ''}` : inner;
}

const place = (item) => [...item.parentNode.children].indexOf(item) + 1;
const tidy = (words) =>
  words
    .replace(/[ \t]*\n[ \t]?/g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();

/** Put text on the clipboard; also where the browser has no clipboard for pages without HTTPS. */
async function put(words) {
  if (navigator.clipboard) return navigator.clipboard.writeText(words);
  const field = document.createElement('textarea');
  const focused = document.activeElement;
  field.className = 'kcc-vh';
  field.value = words;
  document.body.append(field);
  field.select();
  const done = document.execCommand('copy');
  field.remove();
  focused?.focus();
  if (!done) throw new Error('copy');
}

class Copy extends HTMLElement {
  connectedCallback() {
    this.button = this.querySelector('button');
    this.button.hidden = false;
    keep(this.button, 'hidden');
    this.button.addEventListener('click', this);
  }

  async handleEvent() {
    const source = document.getElementById(this.getAttribute('for'));
    const { done, failed } = this.dataset;
    const label = this.querySelector('[data-label]') || this.button;
    clearTimeout(this.timer);
    this.words ??= label.textContent;
    try {
      await put(source.value ?? tidy(text(source)));
      this.classList.add('is-done');
      tell(this, 'kcc:copied');
    } catch {
      this.classList.remove('is-done');
    }
    label.textContent = this.classList.contains('is-done') ? done : failed;
    say(label.textContent);
    this.timer = setTimeout(() => {
      this.classList.remove('is-done');
      label.textContent = this.words;
    }, 2000);
  }
}

customElements.define('kcc-copy', Copy);

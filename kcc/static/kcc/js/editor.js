/* <kcc-editor> around the form of a letter: what the text field lacks by itself. Without it the form works as it is.

   <textarea name="text" data-limit="500">    grows; [data-count] counts; "::" opens [data-templates], "??" [data-articles]
   <input type="file" name="files">           files that are pasted or dropped on [data-words] go there
   <a data-note-on href="?note">, <… data-note-off>   change between the letter and the note for colleagues, [data-note]
   kcc:insert {text, article} on anything inside puts text at the cursor, and remembers the article as used.
   Enter in a field of one line sends nothing; the person's own key for that is Ctrl+Enter.
*/
import { focus, reveal } from './page.js';

const GROWS = CSS.supports('field-sizing', 'content');
const MENUS = { '::': '[data-templates]', '??': '[data-articles]' };

class Editor extends HTMLElement {
  connectedCallback() {
    const { signal } = (this.connection = new AbortController());
    for (const type of ['input', 'keydown', 'paste', 'dragover', 'dragleave', 'drop', 'click', 'kcc:insert'])
      this.addEventListener(type, this, { signal });
    this.sync();
  }

  disconnectedCallback() {
    this.connection.abort();
  }

  get text() {
    return this.querySelector('textarea[name=text]:not([hidden] *)');
  }

  handleEvent(event) {
    const { type, target, key } = event;
    if (type === 'input' && target === this.text) this.typed();
    else if (type === 'keydown' && key === 'Enter' && target.matches('input:not([type=search])')) this.enter(event);
    else if (type === 'paste' || type === 'drop') this.files(event);
    else if (type === 'dragover' || type === 'dragleave') this.drag(event);
    else if (type === 'kcc:insert') this.insert(event.detail);
    else if (type === 'click' && target.closest('[data-note-on], [data-note-off]')) this.turn(event);
  }

  enter(event) {
    if (!event.ctrlKey && !event.metaKey && !event.defaultPrevented) event.preventDefault();
  }

  typed() {
    this.sync();
    const { value, selectionStart: at } = this.text;
    const before = value.slice(Math.max(0, at - 3), at);
    const menu = /(^|\s)(::|\?\?)$/.test(before) && this.querySelector(MENUS[before.slice(-2)]);
    if (!menu) return;
    this.text.setRangeText('', at - 2, at);
    this.changed();
    menu.open = true;
    menu.querySelector('input').focus();
  }

  insert({ text, article }) {
    const field = this.text;
    const before = field.value.slice(0, field.selectionStart);
    const gap = !before.trim() || before.endsWith('\n\n') ? '' : before.endsWith('\n') ? '\n' : '\n\n';
    field.focus();
    if (!document.execCommand('insertText', false, gap + text)) { // as if it was typed: Ctrl+Z takes it back
      field.setRangeText(gap + text, field.selectionStart, field.selectionEnd, 'end');
      this.changed();
    }
    if (!article || this.querySelector(`[name=knowledge-articles][value="${article}"]`)) return;
    const used = Object.assign(document.createElement('input'), { type: 'hidden', value: article });
    used.name = 'knowledge-articles';
    field.form.append(used);
  }

  changed() {
    this.text.dispatchEvent(new Event('input', { bubbles: true }));
  }

  files(event) {
    const { files } = event.clipboardData || event.dataTransfer;
    const input = this.querySelector('input[type=file]');
    if (!files.length || !input || !event.target.closest('[data-words]')) return;
    event.preventDefault();
    this.drag(event);
    input.files = files;
    input.dispatchEvent(new Event('change', { bubbles: true }));
  }

  drag(event) {
    const words = event.target.closest('[data-words]');
    if (event.type === 'dragover' && words) event.preventDefault();
    words?.classList.toggle('is-dragged', event.type === 'dragover');
  }

  turn(event) {
    const note = this.querySelector('[data-note]');
    if (!note) return;
    event.preventDefault();
    const on = !!event.target.closest('[data-note-on]');
    note.hidden = !on;
    this.querySelector('form:not([data-note])').hidden = on;
    reveal(this.text);
    focus(this.text);
  }

  sync() {
    const { text } = this;
    if (!text) return;
    if (!GROWS) {
      text.style.blockSize = 'auto';
      text.style.blockSize = `${text.scrollHeight}px`;
    }
    const count = this.querySelector('[data-count]');
    const limit = Number(text.dataset.limit);
    if (!count || !limit) return;
    count.textContent = `${text.value.length} / ${limit}`;
    count.classList.toggle('is-late', text.value.length > limit);
  }
}

customElements.define('kcc-editor', Editor);

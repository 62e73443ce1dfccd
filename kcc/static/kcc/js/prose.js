/* One text of an article as one sees it: TipTap over a <textarea>, which stays the field that is sent. Used by writing.js.

   What it can make is what knowledge/models/markup.py lets through: another tag or class has to be added to both.
*/
import {
  Blockquote, Bold, BulletList, Document, Editor, Gapcursor, HardBreak, Heading, History, Italic, Link, ListItem, OrderedList,
  Paragraph, Table, TableCell, TableHeader, TableRow, Text,
} from '../../django_prose_editor/editor.js';
import { fromWord } from './word.js';

const SCHEMES = /^(https?:\/\/[^\s]+\.[^\s]+|https?:\/\/localhost\S*|mailto:\S+@\S+|tel:\+?[\d\s-]+|\/\S*)$/i;

const Quote = Blockquote.extend({
  addAttributes: () => ({
    class: {
      default: null,
      parseHTML: (node) => (node.classList.contains('warning') ? 'warning' : null),
      renderHTML: (values) => (values.class ? { class: values.class } : {}),
    },
  }),
  addKeyboardShortcuts: () => ({}),
});

// Tab goes through the cells and then on: it must not make rows for ever.
const Grid = Table.extend({
  addKeyboardShortcuts() {
    return {
      ...this.parent?.(),
      Tab: () => this.editor.commands.goToNextCell(),
      'Shift-Tab': () => this.editor.commands.goToPreviousCell(),
    };
  },
});

const extensions = () => [
  Document, Paragraph, Text, Bold, Italic, HardBreak, History, Gapcursor, BulletList, OrderedList, ListItem,
  Heading.configure({ levels: [3] }),
  Quote,
  Link.extend({ addKeyboardShortcuts: () => ({}) }).configure({ enableTarget: false, openOnClick: false, protocols: ['tel', 'mailto'] }), // Ctrl+K is the search of the page
  Grid.configure({ resizable: false }), TableRow, TableHeader, TableCell,
];

const empty = (html) => (/^<(\w+)[^>]*><\/\1>$/.test(html) ? '' : html);

/** Give an address as it is stored: with its scheme. */
function address(text) {
  const typed = text.trim();
  if (/^[^\s@/]+@[^\s@/]+\.\w+$/.test(typed)) return `mailto:${typed}`;
  if (/^\+?[\d\s-]{8,}$/.test(typed)) return `tel:${typed.replace(/[\s-]/g, '')}`;
  return /^([a-z]+:|\/)/i.test(typed) ? typed : `https://${typed}`;
}

export class Prose {
  constructor(box, writing) {
    this.field = box.querySelector('textarea');
    this.writing = writing;
    const label = document.createElement('div');
    this.field.before(label);
    this.editor = new Editor({
      element: label,
      injectCSS: false, // the policy of the page allows no style made here: css/editor.css has it
      extensions: extensions(),
      content: this.field.value,
      editorProps: {
        attributes: {
          role: 'textbox',
          'aria-multiline': 'true',
          'aria-label': this.field.labels[0]?.textContent.trim() || '',
          'aria-describedby': ['opmaak-toetsen', this.field.getAttribute('aria-describedby')].filter(Boolean).join(' '),
          ...(this.field.getAttribute('aria-invalid') ? { 'aria-invalid': 'true' } : {}),
        },
        transformPastedHTML: fromWord,
      },
      onUpdate: () => this.typed(),
      onFocus: () => writing.tell(this),
      onTransaction: () => this.editor?.isFocused && writing.tell(this),
    });
    this.field.classList.add('kcc-vh');
    this.field.tabIndex = -1;
    this.field.setAttribute('aria-hidden', 'true');
    this.field.addEventListener('focus', () => this.focus()); // a label, a link in the list of errors
    this.field.addEventListener('input', () => this.brought());
  }

  typed() {
    this.own = true;
    this.field.value = empty(this.editor.getHTML());
    this.field.dispatchEvent(new Event('input', { bubbles: true }));
    this.own = false;
  }

  // A draft put back what was typed here before.
  brought() {
    if (!this.own) this.editor.commands.setContent(this.field.value, { emitUpdate: false });
  }

  focus() {
    this.editor.commands.focus();
  }

  destroy() {
    this.editor.destroy();
    this.field.classList.remove('kcc-vh');
  }

  get href() {
    return this.editor.getAttributes('link').href || '';
  }

  mayLink(text) {
    return SCHEMES.test(address(text));
  }

  link(text) {
    const chain = this.editor.chain().focus();
    const href = address(text);
    if (!text) chain.extendMarkRange('link').unsetLink().run();
    else if (this.editor.state.selection.empty && !this.href)
      chain.insertContent({ type: 'text', text: text.trim(), marks: [{ type: 'link', attrs: { href } }] }).run();
    else chain.extendMarkRange('link').setLink({ href }).run();
  }

  /** What holds where the cursor is: true, false, or null for what cannot be done. */
  state() {
    const { editor } = this;
    const quoted = editor.isActive('blockquote');
    const warned = quoted && editor.getAttributes('blockquote').class === 'warning';
    return {
      heading: editor.isActive('heading'),
      bold: editor.isActive('bold'),
      italic: editor.isActive('italic'),
      list: editor.isActive('bulletList'),
      steps: editor.isActive('orderedList'),
      link: editor.isActive('link'),
      quote: quoted && !warned,
      warning: warned,
      inTable: editor.isActive('table'),
      table: editor.isActive('table') ? null : false,
      undo: editor.can().undo() ? false : null,
      redo: editor.can().redo() ? false : null,
    };
  }

  quote(kind) {
    const { editor } = this;
    if (!editor.isActive('blockquote')) editor.chain().wrapIn('blockquote', { class: kind }).run();
    else if (editor.getAttributes('blockquote').class === kind) this.unquote();
    else editor.chain().updateAttributes('blockquote', { class: kind }).run();
  }

  // Also when all of the text is chosen, which has no block around it to lift out of.
  unquote() {
    const { state, view } = this.editor;
    const { from, to } = state.selection;
    const { tr } = state;
    state.doc.nodesBetween(from, to, (node, at) => {
      if (node.type.name !== 'blockquote') return true;
      tr.replaceWith(tr.mapping.map(at), tr.mapping.map(at + node.nodeSize), node.content);
      return false;
    });
    view.dispatch(tr);
  }

  work(tool) {
    const chain = () => this.editor.chain();
    const does = {
      heading: () => chain().toggleHeading({ level: 3 }).run(),
      bold: () => chain().toggleBold().run(),
      italic: () => chain().toggleItalic().run(),
      list: () => chain().toggleBulletList().run(),
      steps: () => chain().toggleOrderedList().run(),
      table: () => chain().insertTable({ rows: 3, cols: 2, withHeaderRow: true }).run(),
      quote: () => this.quote(null),
      warning: () => this.quote('warning'),
      row: () => chain().addRowAfter().run(),
      'row-out': () => chain().deleteRow().run(),
      column: () => chain().addColumnAfter().run(),
      'column-out': () => chain().deleteColumn().run(),
      'table-out': () => chain().deleteTable().run(),
      undo: () => chain().undo().run(),
      redo: () => chain().redo().run(),
    };
    does[tool]?.();
    this.writing.tell(this);
  }
}

/* The options that a combobox shows: those of its own <select>, or those that the server finds. */
import { fold, mark } from './match.js';
import { tell } from './page.js';

export function make(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (value != null) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

/** Give the list items for the options of a select that hold all words, in their groups. */
export function local(select, words, id) {
  const item = (option) => {
    const { label, value, dataset } = option;
    const hay = fold(`${label} ${dataset.words || ''} ${option.parentElement.label || ''}`);
    if (!value || option.disabled || !words.every((word) => hay.includes(word))) return [];
    const hint = dataset.hint ? [' ', make('span', { class: 'kcc-combo__hint' }, dataset.hint)] : [];
    return [make('div', { role: 'option', 'data-value': value, 'data-label': label }, ...mark(label, words), ...hint)];
  };
  return [...select.children].flatMap((child, n) => {
    if (child.localName === 'option') return item(child);
    const items = [...child.children].flatMap(item);
    if (!items.length) return [];
    const name = make('div', { role: 'presentation', id: `${id}-g${n}`, class: 'kcc-combo__group' }, child.label);
    return [make('div', { role: 'group', 'aria-labelledby': name.id }, name, ...items)];
  });
}

/** Give the list items the server answers with, 250 ms after the last key; nothing when a newer search has begun. */
export async function remote(src, q, words, signal) {
  await new Promise((done) => setTimeout(done, 250));
  if (signal.aborted) return null;
  const url = new URL(src, location);
  url.searchParams.set('q', q);
  const response = await fetch(url, { signal, headers: { 'HX-Request': 'true' } }).catch(() => null);
  const html = response?.ok ? await response.text().catch(() => '') : '';
  if (signal.aborted) return null;
  if (response?.status === 401) tell(document, 'kcc:expired');
  const items = [...new DOMParser().parseFromString(html, 'text/html').querySelectorAll('[role=option]')];
  for (const node of items) {
    node.dataset.label ||= node.textContent.trim();
    if (!node.children.length) node.replaceChildren(...mark(node.textContent, words));
  }
  return Object.assign(items, { failed: !response?.ok });
}

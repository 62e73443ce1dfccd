/* HTML that comes from a word processor, made into what the text of an article holds: see knowledge/models/word.py, which does the
   same for text that never passed this editor. Nothing that is pasted can run: it is read in a document of its own. A browser holds even
   that one to the policy of the page and complains of each style and handler, so these go before it is read.
*/
const LIST = /mso-list:\s*l\d+\s+level(\d+)/i;
const TAG = /<[a-z](?:"[^"]*"|'[^']*'|[^"'>])*>/gi;
const FORBIDDEN = /([\s/"'])(style|on[a-z]+)\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]*)/gi;
const BLOCK = 'address, article, aside, blockquote, div, dl, figure, footer, h3, header, hr, main, ol, p, pre, section, table, ul';
const BULLET = /^[\s\u00a0]*[·•o§\uf0b7\uf0a7\uf0d8–-][\s\u00a0]*$/;

/** Give pasted HTML with real lists, headings of one kind, and without what only its program understands. */
export function fromWord(html) {
  const text = html
    .replace(/<!--\[if !supportLists\]-->|<!\[if !supportLists\]>|<!--\[endif\]-->|<!\[endif\]>/gi, '')
    .replace(/<!--[^]*?-->|<(style|xml|title|script)\b[^]*?(?:<\/\1\s*>|$)|<\/?o:p\b[^>]*>/gi, '')
    .replace(TAG, (tag) => tag.replace(FORBIDDEN, (all, before, name, value) => before + (/^style$/i.test(name) ? marks(value) : '')));
  const page = new DOMParser().parseFromString(text, 'text/html');
  for (const head of page.querySelectorAll('h1, h2, h4, h5, h6')) rename(head, 'h3');
  for (const [from, to] of Object.entries({ b: 'strong', i: 'em' }))
    for (const node of page.querySelectorAll(`${from}:not([data-plain])`)) rename(node, to);
  for (const first of page.querySelectorAll('[data-level]')) if (first.isConnected) lists(first);
  for (const box of page.querySelectorAll('body, div')) gather(box);
  return page.body.innerHTML;
}

const marks = (style) => {
  const level = LIST.exec(style)?.[1];
  if (level) return ` data-level="${Math.min(level, 6)}"`;
  if (/mso-list:\s*ignore/i.test(style)) return ' data-mark';
  return /font-weight:\s*normal/i.test(style) && !/mso-bidi/i.test(style) ? ' data-plain' : '';
};

function rename(node, tag) {
  const other = node.ownerDocument.createElement(tag);
  other.append(...node.childNodes);
  node.replaceWith(other);
}

// Loose words beside paragraphs become one of their own: the editor would drop a blank that stands alone between two of them.
function gather(box) {
  if (!box.querySelector(`:scope > :is(${BLOCK})`)) return;
  let own = null;
  for (const node of [...box.childNodes]) {
    if (node.nodeType === Node.ELEMENT_NODE && (node.matches(BLOCK) || node.querySelector(BLOCK))) own = null;
    else if (own) own.append(node);
    else if (node.textContent.trim()) {
      own = node.ownerDocument.createElement('p');
      node.before(own);
      own.append(node);
    }
  }
}

// The paragraphs from here on that are points become one list, with lists in it for deeper levels.
function lists(first) {
  const open = [];
  let place = first;
  for (let node = first; node?.matches('[data-level]'); node = place.nextElementSibling) {
    const mark = node.querySelector('[data-mark]');
    const kind = !mark || BULLET.test(mark.textContent) ? 'ul' : 'ol';
    const level = Number(node.dataset.level);
    mark?.remove();
    open.length = Math.min(open.length, level);
    if (open.length === level && open.at(-1).localName !== kind) open.pop();
    while (open.length < level) {
      const list = node.ownerDocument.createElement(kind);
      const inside = open.at(-1);
      if (inside) (inside.lastElementChild || inside.appendChild(node.ownerDocument.createElement('li'))).append(list);
      else (place === first ? first.before(list) : place.after(list), (place = list));
      open.push(list);
    }
    const point = node.ownerDocument.createElement('li');
    point.append(...node.childNodes);
    open.at(-1).append(point);
    node.remove();
  }
}

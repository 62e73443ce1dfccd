/* Finds words in text, in any order and without minding capitals and accents. */

const plain = (sign) => {
  const base = sign.normalize('NFD')[0].toLowerCase();
  return base.length === sign.length ? base : sign; // the same length, so that places in both texts agree
};

export const fold = (text) => text.replace(/./gu, plain);

export const split = (text) => fold(text).split(/\s+/).filter(Boolean);

/** Give the text as nodes, with the found words in <mark>. */
export function mark(text, words) {
  const folded = fold(text);
  const hits = words.map((word) => [folded.indexOf(word), word.length]).filter(([at]) => at >= 0);
  const parts = [];
  let done = 0;
  for (const [at, length] of hits.sort(([one], [other]) => one - other)) {
    if (at < done) continue;
    const found = document.createElement('mark');
    found.textContent = text.slice(at, at + length);
    parts.push(text.slice(done, at), found);
    done = at + length;
  }
  return [...parts, text.slice(done)];
}

/* Teaches idiomorph what belongs to the person and not to the server: the value being typed, an opened <details> or
   <dialog> (with what it fetched: hx-get), and what our elements made or changed. Load idiomorph before main.js. */

const attributes = new WeakMap();
const made = new WeakSet();

/** Keep these attributes of a node as our element set them. */
export const keep = (node, ...names) => attributes.set(node, names);

/** Keep a node that our element made and the server does not know of. */
export const own = (node) => (made.add(node), node);

// A draft brings back by itself what was typed in it; elsewhere the field with the focus keeps its value.
function typing(node) {
  if (node !== document.activeElement) return false;
  const draft = node.closest('kcc-draft');
  return !draft || draft.carries(node.name);
}

const { defaults } = globalThis.Idiomorph || {};
if (defaults) {
  defaults.callbacks.beforeNodeMorphed = (node) => !node.matches?.('details[open][hx-get]');
  defaults.callbacks.beforeNodeRemoved = (node) => !made.has(node);
  defaults.callbacks.beforeAttributeUpdated = (name, node) => {
    if (name === 'value') return !made.has(node) && !typing(node);
    return !attributes.get(node)?.includes(name) && !(name === 'open' && node.matches('details, dialog'));
  };
}

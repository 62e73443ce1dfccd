/* A field that offers what was typed in another, for as long as nobody typed in it.

   <textarea id="id_text"></textarea> … <textarea data-offer-from="id_text"></textarea>

   While it is shown it follows the other; what somebody typed, a draft or the server put there is never written over.
*/
const offered = new WeakMap(); // by field: what we put in it

function offer(field) {
  const source = document.getElementById(field.dataset.offerFrom);
  if (!source || field.disabled || field.closest('[hidden]') || field === document.activeElement) return;
  if (field.value !== (offered.get(field) ?? '')) return;
  const text = source.value.trim();
  const words = field.maxLength > 0 ? text.slice(0, field.maxLength) : text;
  if (words === field.value) return;
  offered.set(field, (field.value = words));
  field.dispatchEvent(new Event('input', { bubbles: true }));
}

const all = () => document.querySelectorAll('[data-offer-from]').forEach(offer);

for (const type of ['change', 'kcc:show', 'htmx:afterSettle']) document.addEventListener(type, () => setTimeout(all));

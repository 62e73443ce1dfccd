/* Reads and writes what a person filled in, for drafts.

   Left out: fields without a name, buttons, files, passwords, csrfmiddlewaretoken and what is [data-draft-skip] or in such a part,
   unless that part itself is asked for: of a form or a fieldset.
   Parts that <kcc-reveal> hides are disabled, and still read: their text is not lost.
*/
const SKIP = ['submit', 'button', 'reset', 'image', 'file', 'password', 'fieldset', 'output'];

/** True when a draft leaves this field to somebody else. */
export const skipped = (field, form = field.form) => {
  const part = field.closest('[data-draft-skip]');
  return !!part && !part.contains(form);
};

const usable = (form) =>
  [...(form?.elements || [])].filter(
    (field) =>
      field.name &&
      field.name !== 'csrfmiddlewaretoken' &&
      !SKIP.includes(field.type) &&
      !skipped(field, form),
  );

/** Give [name, value, label] of all that would be sent; the label is there for options a search brought in. */
export function read(form) {
  const found = [];
  for (const field of usable(form)) {
    if (field.matches(':disabled') && !field.closest('[data-revealed]')) continue;
    if (field.options) for (const option of field.selectedOptions) found.push([field.name, option.value, option.label]);
    else if (!['checkbox', 'radio'].includes(field.type) || field.checked) found.push([field.name, field.value]);
  }
  return found;
}

function put(field, values) {
  if (['checkbox', 'radio'].includes(field.type)) {
    const on = values.some(([, value]) => value === field.value);
    return field.checked !== on && ((field.checked = on), true);
  }
  if (field.options) {
    const before = [...field.selectedOptions].map((option) => option.value).join();
    for (const [, value, label] of values)
      if (![...field.options].some((option) => option.value === value)) field.add(new Option(label, value));
    for (const option of field.options) option.selected = values.some(([, value]) => value === option.value);
    return before !== values.map(([, value]) => value).join();
  }
  const [, value] = values.shift() || [];
  if (value === undefined || field.value === value) return false;
  const { selectionStart, selectionEnd } = field;
  field.value = value;
  if (field === document.activeElement && selectionStart != null) field.setSelectionRange(selectionStart, selectionEnd);
  return true;
}

/** Put back what `read` gave, for these names only; every changed field says so. Hidden fields stay the server's. */
export function write(form, found, names) {
  const groups = Map.groupBy(found, ([name]) => name);
  for (const field of usable(form)) {
    if (field.type === 'hidden' || !names.has(field.name)) continue;
    if (put(field, groups.get(field.name) || []))
      for (const type of ['input', 'change']) field.dispatchEvent(new Event(type, { bubbles: true }));
  }
}

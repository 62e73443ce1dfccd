/* <form data-once> is sent once: its submit buttons are disabled after the first time, and the form gets is-busy.

   Enabled again when the page is shown from history, and after 10 s (downloads do not leave the page). Forms with hx-post use
   hx-disabled-elt instead.
*/
const busy = new Map(); // form: the buttons that were disabled

function free(form) {
  for (const button of busy.get(form) || []) button.disabled = false;
  busy.delete(form);
  form.classList.remove('is-busy');
}

document.addEventListener('submit', (event) => {
  const form = event.target;
  if (!form.matches('[data-once]') || event.defaultPrevented) return;
  if (busy.has(form)) return event.preventDefault();
  const buttons = [...form.elements].filter((field) => field.type === 'submit' && !field.disabled);
  busy.set(form, buttons);
  form.classList.add('is-busy');
  // after the browser has read the name and value of the button that was pressed
  setTimeout(() => busy.get(form) === buttons && buttons.forEach((button) => (button.disabled = true)));
  setTimeout(() => busy.get(form) === buttons && free(form), 10000);
});

addEventListener('pageshow', () => [...busy.keys()].forEach(free));

/* <form data-once> is sent once: its submit buttons are disabled after the first time, and the form gets is-busy.

   Enabled again when the page is shown from history, and after 10 s (downloads do not leave the page). Forms with hx-post use
   hx-disabled-elt instead.
*/
const busy = new Map();

function free(form) {
  clearTimeout(busy.get(form));
  busy.delete(form);
  form.classList.remove('is-busy');
  for (const button of form.elements) if (button.type === 'submit') button.disabled = false;
}

document.addEventListener('submit', (event) => {
  const form = event.target;
  if (!form.matches('[data-once]') || event.defaultPrevented) return;
  if (busy.has(form)) return event.preventDefault();
  busy.set(
    form,
    setTimeout(() => free(form), 10000),
  );
  form.classList.add('is-busy');
  setTimeout(() => {
    // after the browser has read the name and value of the button that was pressed
    if (busy.has(form)) for (const button of form.elements) if (button.type === 'submit') button.disabled = true;
  });
});

addEventListener('pageshow', () => [...busy.keys()].forEach(free));

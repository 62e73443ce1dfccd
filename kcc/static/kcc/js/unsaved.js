/* <kcc-unsaved> around a form warns who leaves the page while something typed in it was not saved.

   <kcc-unsaved><form method="post">…</form></kcc-unsaved>

   The form as it stood when the page came is what counts; sending it is saving, and so is putting back what was there. A form that
   came back with errors ([data-errors], [aria-invalid]) was never saved.
*/
const state = (form) => JSON.stringify([...new FormData(form)].filter(([name]) => name !== 'csrfmiddlewaretoken'));

class Unsaved extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector('form');
    this.known = this.querySelector('[data-errors], [aria-invalid]') ? '' : state(this.form);
    this.form.addEventListener('submit', this);
    addEventListener('beforeunload', this);
  }

  disconnectedCallback() {
    removeEventListener('beforeunload', this);
  }

  handleEvent(event) {
    if (event.type === 'submit') this.sent = !event.defaultPrevented;
    else if (this.isConnected && !this.sent && state(this.form) !== this.known) event.preventDefault();
    else this.sent = false;
  }
}

customElements.define('kcc-unsaved', Unsaved);

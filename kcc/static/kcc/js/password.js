/* <kcc-password> shows what was typed; hidden again when the form is sent.

   <kcc-password><input type="password" …>
     <button type="button" hidden aria-pressed="false" aria-label="Toon wachtwoord">…</button></kcc-password>

   The name of the button stays the same: aria-pressed says whether the password shows.
*/
class Password extends HTMLElement {
  connectedCallback() {
    this.input = this.querySelector('input');
    this.button = this.querySelector('button');
    this.button.hidden = false;
    this.button.addEventListener('click', this);
    this.input.form?.addEventListener('submit', this);
  }

  handleEvent({ type }) {
    this.show(type === 'click' && this.input.type === 'password');
  }

  show(on) {
    const { selectionStart, selectionEnd } = this.input;
    this.input.type = on ? 'text' : 'password';
    this.input.setSelectionRange(selectionStart, selectionEnd);
    this.button.setAttribute('aria-pressed', on);
  }
}

customElements.define('kcc-password', Password);

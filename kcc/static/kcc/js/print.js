/* <kcc-print><button type="button">Afdrukken of PDF</button></kcc-print> prints the page, with every menu closed. */
class Print extends HTMLElement {
  connectedCallback() {
    this.addEventListener('click', () => {
      this.closest('[popover]')?.hidePopover();
      print();
    });
  }
}

customElements.define('kcc-print', Print);

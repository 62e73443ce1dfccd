/* <kcc-theme> flips light and dark at once, and tells the server by posting its form.

   <kcc-theme><form method="post" action="/accounts/theme/">{% csrf_token %}
     <button name="theme" value="dark" aria-pressed="false" aria-label="Donker">…</button></form></kcc-theme>

   <html data-theme="light|dark|auto">. The button's value is what pressing it gives: light when it is dark now.
*/
class Theme extends HTMLElement {
  connectedCallback() {
    this.addEventListener('submit', this);
    const { theme } = document.documentElement.dataset;
    this.mark(theme === 'dark' || (theme !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches));
  }

  mark(dark) {
    const button = this.querySelector('button');
    button.value = dark ? 'light' : 'dark';
    button.setAttribute('aria-pressed', dark);
  }

  handleEvent(event) {
    event.preventDefault();
    const { value } = this.querySelector('button');
    const body = new FormData(event.target);
    body.set('theme', value);
    document.documentElement.dataset.theme = value;
    this.mark(value === 'dark');
    const { action } = event.target;
    const send = () => fetch(action, { method: 'POST', body: new URLSearchParams(body), redirect: 'manual' });
    this.sent = Promise.resolve(this.sent).then(send).catch(() => {}); // one after the other: the last press is what is kept
  }
}

customElements.define('kcc-theme', Theme);

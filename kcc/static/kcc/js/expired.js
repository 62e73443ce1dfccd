/* The session has ended: the page stays as it is, with all that was typed, and <kcc-session> says so once.

   htmx: the answer is 401, and nothing of it is shown. Our own fetches tell it too (page.js). Both fire kcc:expired; its detail is
   {sent: true} when somebody pressed something, who then hears it again.
   HX-Redirect, after a form did its work, fires kcc:leave, which makes every <kcc-draft> write its copy.
*/
import { tell } from './page.js';

const PRESSED = /^(submit|click|key)/;

/** True when somebody pressed something: not a hint, a clock or a word that is being typed. */
export const pressed = (config) => PRESSED.test(config?.triggeringEvent?.type);

document.addEventListener('htmx:beforeOnLoad', (event) => {
  const { xhr, requestConfig } = event.detail;
  if (xhr.status === 401) {
    event.preventDefault();
    tell(document, 'kcc:expired', { sent: pressed(requestConfig) });
  } else if (xhr.getResponseHeader('HX-Redirect')) tell(document, 'kcc:leave');
});
document.addEventListener('htmx:historyCacheMissLoadError', ({ detail }) => detail.xhr.status === 401 && location.reload());

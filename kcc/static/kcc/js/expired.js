/* The session has ended: drafts are kept in this window before the page goes to the login.

   htmx: the answer has HX-Redirect: <login>. Our own fetches fire kcc:expired {url}. Both fire kcc:leave first, which makes every
   <kcc-draft> write its copy.
*/
import { tell } from './page.js';

document.addEventListener('htmx:beforeOnLoad', ({ detail }) => {
  if (detail.xhr.getResponseHeader('HX-Redirect')) tell(document, 'kcc:leave');
});

document.addEventListener('kcc:expired', ({ detail }) => {
  tell(document, 'kcc:leave');
  location.assign(detail.url);
});

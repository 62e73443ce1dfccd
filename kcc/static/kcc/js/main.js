/* Everything the signed-in pages use: <script type="module" src="kcc/js/main.js">, after htmx and idiomorph (both with defer).
   The login page loads login.js. */
import './morph.js';
import './page.js';
import './expired.js';
import './once.js';
import './focus.js';
import './draft.js';
import './shortcuts.js';
import './combobox.js';
import './toast.js';
import './tabs.js';
import './live.js';
import './notify.js';
import './dial.js';
import './theme.js';
import './reveal.js';
import './offer.js';
import './keep.js';
import './session.js';
import './unsaved.js'; // at once: what is typed before it is there would seem to have stood in the page

// What only some pages have is fetched when it is there.
const SOME = {
  'kcc-timer': () => import('./timer.js'),
  'kcc-copy': () => import('./copy.js'),
  'kcc-selection': () => import('./selection.js'),
  'kcc-recipients': () => import('./recipients.js'),
  'kcc-editor': () => import('./editor.js'),
  'kcc-pick': () => import('./pick.js'),
  'kcc-board': () => import('./board.js'),
  'kcc-print': () => import('./print.js'),
  'kcc-contents': () => import('./contents.js'),
  'kcc-until': () => import('./until.js'),
};

function fetchSome() {
  for (const [tag, load] of Object.entries(SOME)) if (document.querySelector(tag)) delete SOME[tag] && load();
}
fetchSome();
for (const swapped of ['htmx:afterSwap', 'htmx:oobAfterSwap']) document.addEventListener(swapped, fetchSome);

// The palette is fetched when somebody goes to its field; what is typed meanwhile is typed there. See palette.js.
for (const type of ['focusin', 'click', 'input'])
  document.addEventListener(type, ({ target }) => {
    if (target.id !== 'kcc-omni' || !document.querySelector('kcc-palette')) return;
    const before = document.activeElement;
    if (type === 'click') target.focus();
    import('./palette.js').then(({ open }) => type === 'focusin' || open(target, before));
  });

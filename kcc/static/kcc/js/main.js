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
import './timer.js';
import './copy.js';
import './toast.js';
import './tabs.js';
import './live.js';
import './theme.js';
import './reveal.js';
import './keep.js';
import './selection.js';
import './session.js';

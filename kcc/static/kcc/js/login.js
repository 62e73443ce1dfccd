/* What the pages before signing in use. */
import './once.js';
import './password.js';
import './theme.js';

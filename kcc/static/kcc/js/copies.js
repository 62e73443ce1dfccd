/* Copies of drafts that the server does not have yet: in sessionStorage, so in this window only, and of this person only.

   <body data-user="<id>"> (none on the login page)
   <form data-logout method="post">: drafts are sent, then all copies go
   <meta name="kcc-saved" content="<url of the draft>">: on the page after saving
*/
const PREFIX = 'kcc-draft:';
const mine = () => `${PREFIX}${document.body.dataset.user || ''}:`;

const all = () =>
  Object.keys(sessionStorage)
    .filter((key) => key.startsWith(mine()))
    .map((key) => [key, JSON.parse(sessionStorage[key])]);

// While a page was on its way here again the server heard of a draft for the first time: that page does not know it.
const missed = (copy) =>
  document.readyState !== 'complete' && copy.at === location.href && copy.reached > performance.timeOrigin;

/** Give the copy of a draft, or else one that was made where this form stands and that the server did not have. */
export function get(url, place) {
  const found = all().map(([, copy]) => copy);
  const left = (copy) => place && copy.place === place && (!copy.base || missed(copy));
  return found.find((copy) => copy.url === url) || found.find(left);
}

export const drop = (url) => all().forEach(([key, copy]) => copy.url === url && sessionStorage.removeItem(key));

/** Let go of a copy that the server has whole. */
export const settle = (url) => all().forEach(([, copy]) => copy.url === url && copy.whole && drop(url));

let closed = false; // after signing out nothing more is kept

export function put(copy) {
  try {
    if (!closed) sessionStorage.setItem(mine() + copy.url, JSON.stringify({ ...copy, at: location.href }));
  } catch {
    // full or forbidden: the server still gets it
  }
}

function forget(except) {
  for (const key of Object.keys(sessionStorage))
    if (key.startsWith(PREFIX) && !(except && key.startsWith(except))) sessionStorage.removeItem(key);
}

if (document.body.dataset.user) forget(mine());
for (const [, { url, whole }] of all()) if (whole) setTimeout(settle, 10000, url); // the page that waited for that is gone
for (const { content } of document.querySelectorAll('meta[name=kcc-saved]')) drop(content);

document.addEventListener('submit', async (event) => {
  const form = event.target;
  if (!form.matches('[data-logout]') || event.defaultPrevented) return;
  event.preventDefault();
  const sent = [...document.querySelectorAll('kcc-draft')].map((draft) => draft.flush());
  await Promise.race([Promise.all(sent), new Promise((done) => setTimeout(done, 1500))]);
  closed = true;
  forget();
  form.submit();
});

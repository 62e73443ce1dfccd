// The public form. Who sent it with something wrong begins at what is wrong.
document.querySelector('[data-errors], [aria-invalid=true]')?.focus();

// In a frame it tells the page around it how high it is: {kccHeight: pixels}. Nothing else leaves it.
if (window.parent !== window) {
  const tell = () => window.parent.postMessage({ kccHeight: document.documentElement.offsetHeight }, "*");
  new ResizeObserver(tell).observe(document.documentElement);
}

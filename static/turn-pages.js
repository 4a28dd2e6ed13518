// Turns pages by the arrow keys. Without this script the links do it.

document.addEventListener('keydown', (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || event.defaultPrevented) return;
  const at = event.target;
  if (at instanceof Element && at.closest('input, textarea, select, summary')) return;
  // Within a page that is wider than its room the keys move the page itself.
  if (at instanceof Element && at.closest('[tabindex="0"]')) return;
  const ahead = document.dir === 'rtl' ? 'ArrowLeft' : 'ArrowRight';
  const back = document.dir === 'rtl' ? 'ArrowRight' : 'ArrowLeft';
  const rel = event.key === ahead ? 'next' : event.key === back ? 'prev' : undefined;
  if (rel !== undefined) document.querySelector(`main a[rel="${rel}"]`)?.click();
});

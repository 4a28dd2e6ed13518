// Keeps a list on a page as new as the server has it, while its button is pressed. Without this script the page is loaded anew.

const EVERY_MS = 3_000;

for (const button of document.querySelectorAll('[data-follow]')) {
  const place = document.getElementById(button.dataset.follow);
  const words = button.textContent;
  let timer;
  let shown = place.textContent;
  button.hidden = false;
  button.addEventListener('click', () => {
    const on = button.getAttribute('aria-pressed') !== 'true';
    button.setAttribute('aria-pressed', String(on));
    clearTimeout(timer);
    if (on) look();
  });

  async function look() {
    if (!document.hidden) {
      const answer = await fetch(location.href).catch(() => undefined);
      if (answer !== undefined && !answer.ok) {
        button.setAttribute('aria-pressed', 'false');
        button.textContent = `${words} (${answer.status})`;
        return;
      }
      if (answer !== undefined) show(await answer.text());
    }
    if (button.getAttribute('aria-pressed') === 'true') timer = setTimeout(look, EVERY_MS);
  }

  function show(html) {
    const fresh = new DOMParser().parseFromString(html, 'text/html').getElementById(place.id);
    if (fresh === null || fresh.textContent === shown) return;
    shown = fresh.textContent;
    // A document that was parsed runs nothing, and what is in it came from this server, escaped.
    place.replaceChildren(...fresh.childNodes);
    dispatchEvent(new Event('times'));
  }
}

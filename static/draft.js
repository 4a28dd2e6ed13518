// Saves what is typed as a draft, a few seconds after the last change and when the page is left. Without this script the
// button "Save as draft" does it.

const waitMs = 4_000;

for (const form of document.querySelectorAll('[data-draft]')) {
  const state = form.querySelector('[data-draft-state]');
  let timer;
  let saving;
  let isSent = false;

  const body = () => {
    const fields = new FormData(form);
    fields.delete('files');
    return new URLSearchParams(fields);
  };

  async function save(keepalive) {
    clearTimeout(timer);
    timer = undefined;
    if (isSent) return;
    saving?.abort();
    saving = new AbortController();
    try {
      const answer = await fetch(form.dataset.draft, {
        method: 'POST',
        body: body(),
        headers: { Accept: 'application/json' },
        signal: saving.signal,
        keepalive,
      });
      const { error, saved } = await answer.json();
      state.textContent = answer.ok ? (saved ? state.dataset.saved : '') : (error ?? state.dataset.notSaved);
    } catch (error) {
      if (error.name !== 'AbortError') state.textContent = state.dataset.notSaved;
    }
  }

  form.addEventListener('input', (event) => {
    if (event.target.type === 'file') return;
    clearTimeout(timer);
    timer = setTimeout(save, waitMs, false);
  });
  // Nothing may come after the answer and make a draft of it again.
  form.addEventListener('submit', () => {
    isSent = true;
    clearTimeout(timer);
    saving?.abort();
  });
  form.addEventListener('notsent', () => (isSent = false));
  addEventListener('pagehide', () => timer !== undefined && save(true));
}

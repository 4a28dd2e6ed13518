// Asks the browser for a passkey, to sign in or a new one, and sends its answer with the form. Without this script, or in
// a browser that knows no passkeys, nothing of it is shown.

const bytesOf = (text) => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));
const textOf = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
    .replace(/=+$/, '');

async function ask(form) {
  const body = new URLSearchParams({ csrf: form.elements.csrf.value });
  const response = await fetch(form.dataset.options, { method: 'POST', body });
  if (!response.ok) throw new Error('refused');
  const options = await response.json();
  options.challenge = bytesOf(options.challenge);
  if (options.user) options.user.id = bytesOf(options.user.id);
  for (const one of [...(options.excludeCredentials ?? []), ...(options.allowCredentials ?? [])]) one.id = bytesOf(one.id);
  return navigator.credentials[form.dataset.passkey]({ publicKey: options });
}

function answer({ id, rawId, type, response }) {
  const fields = ['clientDataJSON', 'attestationObject', 'authenticatorData', 'signature', 'userHandle'];
  const given = fields.filter((field) => response[field]).map((field) => [field, textOf(response[field])]);
  return JSON.stringify({ id, rawId: textOf(rawId), type, response: Object.fromEntries(given) });
}

function begin(form) {
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const button = form.querySelector('button');
    button.disabled = true;
    try {
      form.elements.answer.value = answer(await ask(form));
      form.submit();
    } catch (error) {
      button.disabled = false;
      // Whoever closes the browser's own window knows that nothing happened; the server says all else.
      if (error.name !== 'NotAllowedError' && error.name !== 'AbortError') form.submit();
    }
  });
}

if (window.PublicKeyCredential && navigator.credentials) {
  for (const form of document.querySelectorAll('[data-passkey]')) begin(form);
  for (const part of document.querySelectorAll('[data-needs-passkey]')) part.hidden = false;
  for (const part of document.querySelectorAll('[data-without-passkey]')) part.hidden = true;
}

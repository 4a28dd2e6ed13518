// Sends the form as "Update the preview" would, a moment after the last change, and loads the previews
// again. Without this script the button does the same.

const waitMs = 600;
const form = document.querySelector('[data-brand-form]');
const colour = form.querySelector('input[type="color"]');
const colourWords = form.querySelector('[data-colour-words]');
let timer;

async function refresh() {
  const data = new FormData(form);
  data.set('do', 'preview');
  // The answer is a page; whether it took the draft shows in the previews themselves.
  await fetch(form.action, { method: 'POST', body: data, redirect: 'manual' });
  for (const frame of document.querySelectorAll('[data-preview]')) frame.src = frame.getAttribute('src');
}

form.addEventListener('input', (event) => {
  colourWords.textContent = colour.value;
  if (event.target.type === 'file') return; // a logo goes once, with the button
  clearTimeout(timer);
  timer = setTimeout(() => form.checkValidity() && refresh(), waitMs);
});
form.addEventListener('submit', () => clearTimeout(timer));

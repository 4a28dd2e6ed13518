// Sends the form as "Update the preview" would, a moment after the last change, and loads the previews again; says how well text
// is read on a colour while it is picked. Without this script the button does the same.

const waitMs = 600;
const leastContrast = 4.5;
const form = document.querySelector('[data-brand-form]');
const colour = form.querySelector('#colour');
const textColour = form.querySelector('#textColour');
const ownTextColour = form.querySelector('#ownTextColour');
const colourWords = form.querySelector('[data-colour-words]');
const contrastWords = form.querySelector('[data-contrast]');
const language = form.querySelector('#previewLanguage');
let timer;

async function refresh() {
  const data = new FormData(form);
  data.set('do', 'preview');
  // The answer is a page; whether it took the draft shows in the previews themselves.
  await fetch(form.action, { method: 'POST', body: data, redirect: 'manual' });
  for (const frame of document.querySelectorAll('[data-preview]')) {
    const url = new URL(frame.getAttribute('src'), location.href);
    url.searchParams.set('language', language.value);
    frame.src = url.href;
  }
}

// WCAG 2.2, relative luminance.
function luminance(hex) {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one, other) {
  const [bright, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (bright + 0.05) / (dark + 0.05);
}

function sayContrast() {
  colourWords.textContent = colour.value;
  const best = contrast(colour.value, '#ffffff') >= contrast(colour.value, '#000000') ? '#ffffff' : '#000000';
  if (!ownTextColour.checked) textColour.value = best;
  const ratio = Math.floor(contrast(colour.value, textColour.value) * 10) / 10;
  const said = `Text stands on this colour with a contrast of ${ratio.toFixed(1)} to 1`;
  const isLow = ratio < leastContrast;
  contrastWords.textContent = isLow ? `${said}: too little to be read. ${leastContrast} is needed.` : `${said}.`;
  contrastWords.className = isLow ? 'error' : 'hint';
}

form.addEventListener('input', (event) => {
  if (event.target === textColour) ownTextColour.checked = true;
  sayContrast();
  if (event.target.type === 'file') return; // a picture goes once, with the button
  clearTimeout(timer);
  timer = setTimeout(() => form.checkValidity() && refresh(), waitMs);
});
form.addEventListener('submit', () => clearTimeout(timer));

// Asks every two seconds how it stands with the code, as long as it lives, and writes down what has changed. Without
// this script the page tells how it stood when it was loaded, and a link loads it anew.

const EVERY_MS = 2_000;
const place = document.querySelector('[data-status]');

function show(lines) {
  const shown = [...place.children];
  lines.forEach((line, n) => {
    const paragraph = shown[n] ?? place.appendChild(document.createElement('p'));
    // Only what is new is read out.
    if (paragraph.textContent !== line) paragraph.textContent = line;
  });
  for (const left of shown.slice(lines.length)) left.remove();
}

async function look() {
  if (!document.hidden) {
    const answer = await fetch(place.dataset.status).catch(() => undefined);
    if (answer?.ok) {
      const { lines, ended } = await answer.json();
      show(lines);
      if (ended) return;
    } else if (answer !== undefined && answer.status < 429) {
      return;
    }
  }
  setTimeout(look, EVERY_MS);
}

if (place !== null) {
  document.querySelector('[data-refresh]')?.closest('p').remove();
  setTimeout(look, EVERY_MS);
}

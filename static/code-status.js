// Asks every two seconds how it stands with the code, as long as it lives, and writes down what has changed. Without
// this script the page tells how it stood when it was loaded, and a link loads it anew.

const EVERY_MS = 2_000;
const place = document.querySelector('[data-status]');

/** What each line says in the server's words: its times may be said otherwise by now. */
const known = place === null ? [] : [...place.children].map((line) => line.textContent);

function show(lines) {
  lines.forEach((pieces, n) => {
    const words = pieces.map(({ text }) => text).join('');
    // Only what is new is read out.
    if (known[n] === words) return;
    known[n] = words;
    const paragraph = place.children[n] ?? place.appendChild(document.createElement('p'));
    paragraph.replaceChildren(...pieces.map(piece));
  });
  known.length = lines.length;
  for (const left of [...place.children].slice(lines.length)) left.remove();
  dispatchEvent(new Event('times'));
}

function piece({ text, iso, as }) {
  if (iso === undefined) return text;
  const time = document.createElement('time');
  time.dateTime = iso;
  time.dataset.as = as;
  time.textContent = text;
  return time;
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

// Says the times of a page by the clock of the device, with the name of its zone, and says so at the foot of the page.
// Without this script every time is in UTC and says that.

const note = document.querySelector('[data-zone]');
const { locale, moment, zone } = note.dataset;
const day = new Intl.DateTimeFormat(locale, { dateStyle: 'full' });
const clock = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZoneName: 'short' };
const time = new Intl.DateTimeFormat(locale, clock);
const ISOLATE = /^[\u2067\u2068]/; // a time of the other direction, or in a sentence of it

const said = {
  day: (at) => day.format(at),
  time: (at) => time.format(at),
  moment: (at) => moment.replace('{day}', () => day.format(at)).replace('{time}', () => time.format(at)),
};

function say(place) {
  const at = new Date(place.dateTime);
  const { as } = place.dataset;
  delete place.dataset.as; // once is enough
  if (as === 'title') {
    place.title = said.moment(at);
    return;
  }
  const words = said[as](at);
  const [isolate] = ISOLATE.exec(place.textContent) ?? [];
  // What the partial `moment` shows stands alone and is of isolates already.
  const isWhole = isolate !== undefined && !words.startsWith(isolate);
  place.textContent = isWhole ? `${isolate}${words}\u2069` : words;
}

function sayAll() {
  for (const place of document.querySelectorAll('time[data-as]')) say(place);
}

/** "Central European Time": the same in summer and in winter, where a language has such a name. */
function zoneName() {
  const parts = new Intl.DateTimeFormat(locale, { timeZoneName: 'longGeneric' }).formatToParts();
  return parts.find(({ type }) => type === 'timeZoneName').value;
}

if (!/^(?:UTC|Etc\/UTC|GMT|Etc\/GMT)$/.test(day.resolvedOptions().timeZone)) {
  sayAll();
  note.textContent = zone.replace('{zone}', zoneName);
  // Other scripts bring times too.
  addEventListener('times', sayAll);
}

// Lists the chosen files with their sizes, says when they are more than can be sent, and marks the zone while files hang
// over it. Without this script the field is a plain file field, which takes dropped files as well.

const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'];

function sizeWords(bytes) {
  let step = 0;
  let size = bytes;
  while (size >= 1024 && step < units.length - 1) {
    size /= 1024;
    step += 1;
  }
  return new Intl.NumberFormat(document.documentElement.lang, {
    style: 'unit',
    unit: units[step],
    unitDisplay: step === 0 ? 'long' : 'short',
    maximumFractionDigits: step > 0 && size < 10 ? 1 : 0,
  }).format(size);
}

function line(file) {
  const item = document.createElement('li');
  const name = document.createElement('bdi');
  const size = document.createElement('span');
  name.textContent = file.name;
  size.textContent = sizeWords(file.size);
  size.className = 'soft';
  item.append(name, size);
  return item;
}

// What is wrong with the choice, or nothing.
function fault({ mostFiles, mostBytes, tooMany, tooLarge }, files) {
  const bytes = files.reduce((sum, file) => sum + file.size, 0);
  if (files.length > Number(mostFiles)) return tooMany.replace('{count}', files.length);
  return bytes > Number(mostBytes) ? tooLarge.replace('{size}', sizeWords(bytes)) : '';
}

for (const zone of document.querySelectorAll('[data-drop]')) {
  const field = zone.querySelector('input');
  const list = zone.querySelector('[data-drop-list]');
  const error = zone.querySelector('[data-drop-error]');
  field.addEventListener('change', () => {
    const files = [...field.files];
    list.replaceChildren(...files.map(line));
    list.hidden = files.length === 0;
    error.textContent = fault(zone.dataset, files);
    error.hidden = error.textContent === '';
    field.setCustomValidity(error.textContent);
  });
  zone.addEventListener('dragover', (event) => {
    event.preventDefault();
    zone.dataset.over = '';
  });
  zone.addEventListener('dragleave', () => delete zone.dataset.over);
  zone.addEventListener('drop', (event) => {
    event.preventDefault();
    delete zone.dataset.over;
    field.files = event.dataTransfer.files;
    field.dispatchEvent(new Event('change'));
  });
}

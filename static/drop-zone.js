// Lists the chosen files with their sizes, and marks the zone while files hang over it. Without this
// script the field is a plain file field, which takes dropped files as well.

const units = ['bytes', 'KB', 'MB', 'GB'];

function sizeWords(bytes) {
  let step = 0;
  let size = bytes;
  while (size >= 1000 && step < units.length - 1) {
    size /= 1000;
    step += 1;
  }
  return `${size.toLocaleString('en', { maximumFractionDigits: step > 1 ? 1 : 0 })} ${units[step]}`;
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

for (const zone of document.querySelectorAll('[data-drop]')) {
  const field = zone.querySelector('input');
  const list = zone.querySelector('[data-drop-list]');
  field.addEventListener('change', () => {
    list.replaceChildren(...[...field.files].map(line));
    list.hidden = field.files.length === 0;
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

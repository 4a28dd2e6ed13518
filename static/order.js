// Has rules drawn into another order with the mouse. Without this script the buttons do it, one place at a time.

const list = document.querySelector('[data-order]');
const form = list?.closest('form');
// Who may not change the order has no buttons either.
if (list && form && list.querySelector('button')) {
  let dragged;
  for (const row of list.children) {
    row.draggable = true;
    row.classList.add('drag-handle');
    // Else a link is drawn, and not its row.
    for (const link of row.querySelectorAll('a')) link.draggable = false;
    row.addEventListener('dragstart', (event) => {
      dragged = row;
      row.classList.add('is-dragged');
      event.dataTransfer.effectAllowed = 'move';
      event.dataTransfer.setData('text/plain', row.dataset.rule);
    });
    row.addEventListener('dragover', (event) => {
      if (dragged === undefined) return;
      event.preventDefault();
      if (row === dragged) return;
      const { top, height } = row.getBoundingClientRect();
      list.insertBefore(dragged, event.clientY < top + height / 2 ? row : row.nextSibling);
    });
    row.addEventListener('drop', (event) => event.preventDefault());
    row.addEventListener('dragend', () => {
      row.classList.remove('is-dragged');
      dragged = undefined;
      const ids = [...list.children].map((one) => one.dataset.rule).join(' ');
      if (ids === before) return;
      form.elements.ids.value = ids;
      form.submit();
    });
  }
  const before = [...list.children].map((one) => one.dataset.rule).join(' ');
}

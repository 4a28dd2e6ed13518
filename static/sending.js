// Sends a form with files so that its progress shows and it can be stopped; what was typed and chosen stays on the page
// when it could not be taken. Without this script the browser sends the form.

for (const form of document.querySelectorAll('[data-answering]')) {
  const area = form.querySelector('[data-sending]');
  const bar = area.querySelector('[role="progressbar"]');
  const words = area.querySelector('[data-sending-words]');
  const error = form.querySelector('[data-sending-error]');
  const files = form.querySelector('input[type="file"]');
  const percent = new Intl.NumberFormat(document.documentElement.lang, { style: 'percent' });
  let request;

  const show = (share) => {
    bar.setAttribute('aria-valuenow', Math.round(share * 100));
    bar.firstElementChild.style.inlineSize = `${share * 100}%`;
    words.textContent = area.dataset.percent.replace('{percent}', percent.format(share));
  };
  const end = (text) => {
    request = undefined;
    area.hidden = true;
    for (const button of form.querySelectorAll('button.primary')) button.disabled = false;
    error.textContent = text;
    error.hidden = text === '';
    form.dispatchEvent(new Event('notsent'));
  };
  const answered = () => {
    const { next, error: told } = request.response ?? {};
    if (next === undefined) end(told ?? area.dataset.broken);
    else location.assign(next);
  };

  form.addEventListener('submit', (event) => {
    if (event.defaultPrevented || event.submitter?.hasAttribute('formaction') || files.files.length === 0) return;
    event.preventDefault();
    if (request !== undefined) return;
    request = new XMLHttpRequest();
    request.open('POST', form.action);
    request.responseType = 'json';
    request.setRequestHeader('Accept', 'application/json');
    request.upload.addEventListener('progress', ({ loaded, total }) => show(total === 0 ? 0 : loaded / total));
    request.addEventListener('load', answered);
    request.addEventListener('error', () => end(area.dataset.broken));
    request.addEventListener('abort', () => end(area.dataset.cancelled));
    error.hidden = true;
    area.hidden = false;
    for (const button of form.querySelectorAll('button.primary')) button.disabled = true;
    show(0);
    request.send(new FormData(form));
  });
  area.querySelector('[data-sending-cancel]').addEventListener('click', () => request?.abort());
}

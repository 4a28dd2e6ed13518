// Completes the second and each further address of a field, as the browser does the first: what stands before it is put
// before each address that is offered. Without this script the boxes below the field do it.

for (const field of document.querySelectorAll('[data-many]')) {
  const offered = [...field.list.options].map((option) => ({ option, address: option.value }));
  field.addEventListener('input', () => {
    const before = /^.*[,;]\s*/s.exec(field.value)?.[0] ?? '';
    for (const { option, address } of offered) option.value = before + address;
  });
}

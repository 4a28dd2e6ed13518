// Owns saying which fields of two objects are not alike: by their names, never by what stands in them. Pure.

/** "templates.legal.rights" for each field that came, went or changed. */
export function changedFields(
  path: string,
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names
    .filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]))
    .map((name) => (path === '' ? name : `${path}.${name}`));
}

// Owns looking into a document whose shape is not known: what is being saved, or was stored by another version of the
// program. Pure.

export type Fields = Readonly<Record<string, unknown>>;

/** Its fields by name; none of what is no object. */
export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}

// Owns the type of what mime-db gives away, which it does not say itself.

declare module 'mime-db' {
  /** By media type, in lower case. */
  const db: Readonly<Record<string, { readonly extensions?: readonly string[] }>>;
  export default db;
}

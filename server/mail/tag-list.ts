// Owns reading records that are lists of tags, as DKIM, DMARC and TLS-RPT have them. Pure; nothing is guessed.

/** RFC 6376 section 3.2: a tag that stands twice makes the whole record worthless, and so does one without a value. */
export function parseTags(text: string): ReadonlyMap<string, string> | undefined {
  const tags = new Map<string, string>();
  for (const part of text.split(';')) {
    if (part.trim() === '') continue;
    const [, name, value] = /^\s*([A-Za-z][A-Za-z0-9_]*)\s*=\s*(.*?)\s*$/s.exec(part) ?? [];
    if (name === undefined || value === undefined || tags.has(name.toLowerCase())) return undefined;
    tags.set(name.toLowerCase(), value);
  }
  return tags;
}

// Owns reading JSON that may be none. The parser's own message quotes the text, and with it secrets: nobody sees it.

/** Undefined when the text is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

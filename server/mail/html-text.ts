// Owns reading the text of HTML that has been made safe: well-formed, without scripts or styles, every character of text
// escaped. Not for any other HTML.

const BREAKS = /<br[^>]*>|<\/(?:p|div|tr|li|h[1-6]|blockquote|table|ul|ol|dt|dd|pre|section|article|header|footer)>/g;
const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', nbsp: ' ' };

export function textOfSafeHtml(html: string): string {
  return html
    .replace(/\s+/g, ' ')
    .replace(BREAKS, '\n')
    .replace(/<\/t[dh]>/g, ' ')
    .replace(/<[^>]*>/g, '')
    .replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(\w{1,10}));/gi, (whole, decimal, hex, name) =>
      decoded(whole, decimal, hex, name),
    )
    .replace(/ +/g, ' ')
    .replace(/ ?\n ?/g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

function decoded(whole: string, decimal: unknown, hex: unknown, name: unknown): string {
  if (typeof name === 'string') return NAMED[name.toLowerCase()] ?? whole;
  const point = typeof decimal === 'string' ? Number(decimal) : Number.parseInt(String(hex), 16);
  return point > 0 && point <= 0x10ffff && !(point >= 0xd800 && point <= 0xdfff) ? String.fromCodePoint(point) : whole;
}

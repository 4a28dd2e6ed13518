// Owns the picture of a reader's address that lies over a mail under do-not-forward. It never takes
// more than one line of text, and what it returns can leave neither a CSS string nor an attribute.

const TILE_HEIGHT_PX = 150;
const TILE_WIDTH_PX_MIN = 420;
const LETTER_WIDTH_PX = 9; // of system fonts at 15 px, rather wide than cut off

/**
 * A data: URI of an SVG tile that shows the text twice, aslant. Grey at half strength on purpose: it shows on white
 * and on black, and leaves the mail readable.
 */
export function watermarkUri(text: string): string {
  const width = Math.max(TILE_WIDTH_PX_MIN, text.length * LETTER_WIDTH_PX + 140);
  const line = `font-family="system-ui,sans-serif" font-size="15" fill="#808080" fill-opacity=".22"`;
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${TILE_HEIGHT_PX}">` +
    `<g transform="rotate(-8 ${width / 2} 75)" ${line}>` +
    `<text x="8" y="48">${escapeXml(text)}</text><text x="120" y="118">${escapeXml(text)}</text></g></svg>`;
  return `data:image/svg+xml,${escapeUri(svg)}`;
}

function escapeXml(text: string): string {
  return text
    .replace(/[^\u0020-\ud7ff\ue000-\ufffd]/g, '') // XML 1.0 section 2.2: no controls, no lone surrogates
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** encodeURIComponent leaves ' ( ) * ! alone; in CSS url() the first three could matter. */
function escapeUri(text: string): string {
  return encodeURIComponent(text).replace(/['()*!]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

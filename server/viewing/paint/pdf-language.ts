// Owns saying in a PDF which language it is in, for those who have it read out: its maker cannot. What the maker wrote stays as
// it is; the catalogue is written once more behind it, as an incremental update.
// ISO 32000-1 sections 7.5.6 and 14.9.2.

const CATALOG = /(?<=\n)(\d+) 0 obj\n<<\/Type \/Catalog\n([\s\S]*?)>>\nendobj\n/;
const TRAILER = /\ntrailer\n<<([\s\S]*?)>>\nstartxref\n(\d+)\n%%EOF\s*$/;

/** `language` is a tag such as "de". A PDF that is not laid out as our maker does it comes back as it is. */
export function withLanguage(pdf: Buffer, language: string): Buffer {
  const text = pdf.toString('latin1');
  const [, id, entries] = CATALOG.exec(text) ?? [];
  const [, trailer, previous] = TRAILER.exec(text) ?? [];
  if (id === undefined || entries === undefined || trailer === undefined || previous === undefined) return pdf;
  const object = `${id} 0 obj\n<</Type /Catalog\n/Lang (${language})\n${entries}>>\nendobj\n`;
  const at = String(pdf.length).padStart(10, '0');
  const table = `xref\n${id} 1\n${at} 00000 n \ntrailer\n<<${trailer}\n/Prev ${previous}>>\n`;
  const end = `${object}${table}startxref\n${pdf.length + object.length}\n%%EOF\n`;
  return Buffer.concat([pdf, Buffer.from(end, 'latin1')]);
}

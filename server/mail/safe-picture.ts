// Owns what becomes of a mail's pictures: which are shown, and in what room. On a narrow screen a picture is made narrower, and
// has to keep its shape then; one that is not shown keeps its room where it only held others apart.

import { limits } from '../core/limits.ts';
import { decodePercent } from './safe-links.ts';

type Attributes = Readonly<Record<string, string>>;

export class Pictures {
  /** Content-IDs of those that are shown. */
  readonly used = new Set<string>();
  readonly #images: ReadonlyMap<string, string>;
  #characters = 0;

  /** `images`: Content-ID → what stands as `src`. */
  constructor(images: ReadonlyMap<string, string>) {
    this.#images = new Map([...images].filter(([, data]) => PICTURE.test(data)));
  }

  /** One that is not shown stays as its alternative text: an img without src fetches nothing. */
  attributesOf(src: string, alt: string, attributes: Attributes): Record<string, string> {
    const shaped = { ...withShape(attributes), alt };
    const id = this.#idOf(src);
    const data = id === undefined ? spacer(attributes, alt) : this.#images.get(id);
    if (data === undefined) return shaped;
    // The same picture a thousand times would make a document of any size out of a small mail.
    this.#characters += data.length;
    if (this.#characters > CHARACTERS_MAX) return shaped;
    if (id !== undefined) this.used.add(id);
    return { ...shaped, src: data };
  }

  #idOf(src: string): string | undefined {
    const cid = /^\s*cid:(\S{1,998})\s*$/i.exec(src)?.[1];
    if (cid === undefined) return undefined;
    const id = this.#images.has(cid) ? cid : decodePercent(cid);
    return this.#images.has(id) ? id : undefined;
  }
}

const CHARACTERS_MAX = (limits.inlineImageBytesMax * 4) / 3;
// SVG is a document and not a picture.
const PICTURE = /^(?:data:image\/(?:png|jpeg|gif|webp|bmp);base64,[A-Za-z0-9+/]+={0,2}|cid:part-\d{1,4})$/;
const NOTHING = 'data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7';
const PIXELS_PER: Readonly<Record<string, number>> = { px: 1, pt: 4 / 3, pc: 16, in: 96, cm: 96 / 2.54, mm: 96 / 25.4 };
const HUNDREDTHS = 100;

/** With its shape among its styles where the mail says both sides. */
function withShape(attributes: Attributes): Attributes {
  const style = attributes['style'] ?? '';
  if (declared('height', style)?.toLowerCase() === 'auto') return attributes;
  const width = pixels(declared('width', style)) ?? pixels(attributes['width']);
  const height = pixels(declared('height', style)) ?? pixels(attributes['height']);
  if (width === undefined || height === undefined) return attributes;
  return { ...attributes, style: `${style === '' ? '' : `${style};`}aspect-ratio:${width}/${height}` };
}

/** A picture of nothing, for one that is not shown and has nothing to say, but a size. */
function spacer(attributes: Attributes, alt: string): string | undefined {
  const style = attributes['style'] ?? '';
  const isSized = ['width', 'height'].some((side) => (declared(side, style) ?? attributes[side]) !== undefined);
  return alt.trim() === '' && isSized ? NOTHING : undefined;
}

function declared(property: string, style: string): string | undefined {
  const found = style.split(';').findLast((one) => one.startsWith(`${property}:`));
  return found?.slice(property.length + 1).replace(' !important', '');
}

function pixels(length: string | undefined): number | undefined {
  const found = /^(\d*\.?\d+)(px|pt|pc|in|cm|mm)?$/i.exec(length ?? '');
  if (found === null) return undefined;
  const [, number = '', unit = 'px'] = found;
  const px = Number(number) * (PIXELS_PER[unit.toLowerCase()] ?? 1);
  return px > 0 ? Math.round(px * HUNDREDTHS) / HUNDREDTHS : undefined;
}

// Owns surfaces to draw on, and the one font that is always there. The only wrapper of @napi-rs/canvas: Skia with
// prebuilt binaries, which pdf.js draws on as well.

import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createCanvas, GlobalFonts, loadImage, PDFDocument } from '@napi-rs/canvas';
import type { Canvas, SKRSContext2D } from '@napi-rs/canvas';
import type { ImageFormat } from '../paint-protocol.ts';

export type { Canvas };

/** Liberation Sans, which pdfjs-dist brings along: on a machine without fonts text and mark are still drawn. */
export const OWN_FONT = 'SealpostSans';

const PDFJS = dirname(createRequire(import.meta.url).resolve('pdfjs-dist/package.json'));
const WEBP_QUALITY = 82;
let registered = false;

/** Throws when the font cannot be had. */
export function needOwnFont(): void {
  if (registered) return;
  if (GlobalFonts.registerFromPath(join(PDFJS, 'standard_fonts/LiberationSans-Regular.ttf'), OWN_FONT) === null) {
    throw new Error('the font of the mark is missing');
  }
  registered = true;
}

/** White paper. */
export function paper(width: number, height: number): Canvas {
  const canvas = createCanvas(width, height);
  const context = canvas.getContext('2d');
  context.fillStyle = '#fff';
  context.fillRect(0, 0, width, height);
  return canvas;
}

export function clear(width: number, height: number): Canvas {
  return createCanvas(width, height);
}

/** WebP is a fifth of the size; PNG is for browsers that do not say they know it. */
export function encode(canvas: Canvas, format: ImageFormat): Promise<Buffer> {
  return format === 'webp' ? canvas.encode('webp', WEBP_QUALITY) : canvas.encode('png');
}

/** For the one kind of picture that sharp does not read. */
export async function decodeBitmap(bytes: Buffer): Promise<Canvas> {
  const image = await loadImage(bytes);
  const canvas = paper(image.width, image.height);
  canvas.getContext('2d').drawImage(image, 0, 0);
  return canvas;
}

/** DejaVu Sans, in which the texts of PDFs are set: it knows the letters of Arabic and Hebrew as well. */
const TEXT_FONT = 'SealpostText';
const registeredPaths = new Set<string>();

/** Throws when the font cannot be had. */
export function needTextFont(): void {
  const require = createRequire(import.meta.url);
  for (const name of ['DejaVuSans', 'DejaVuSans-Bold'])
    needFont(require.resolve(`dejavu-fonts-ttf/ttf/${name}.ttf`), TEXT_FONT);
}

/** Makes a font known under a name of ours. Throws when it cannot be had. */
export function needFont(path: string, family: string): void {
  if (registeredPaths.has(path)) return;
  if (GlobalFonts.registerFromPath(path, family) === null) throw new Error(`a font of PDFs is missing: ${family}`);
  registeredPaths.add(path);
}

export interface TextFont {
  readonly sizePt: number;
  readonly bold: boolean;
  /** What to look in for what the text's own font does not have: '"A", "B"', or empty. */
  readonly familiesOf: (text: string) => string;
}

/** How wide texts are, each measured once. */
export function widthsIn(font: TextFont): (text: string) => number {
  const context = createCanvas(1, 1).getContext('2d');
  const known = new Map<string, number>();
  return (text) => {
    const width = known.get(text) ?? measured(text);
    known.set(text, width);
    return width;
  };
  function measured(text: string): number {
    const han = text.match(HAN)?.length ?? 0;
    const others = han === 0 ? text : text.replace(HAN, '');
    if (others === '') return han * font.sizePt;
    setFont(context, font, others);
    return context.measureText(others).width + han * font.sizePt;
  }
}

/**
 * Whether a character has a shape of its own in any font: what has none is drawn like one that is no character. Of more
 * characters than a text of any language has, the rest has none: looking takes a while.
 */
export function isInFonts(font: Omit<TextFont, 'sizePt'>): (character: string) => boolean {
  const side = 32;
  const context = createCanvas(side, side).getContext('2d');
  const drawn = (character: string): Buffer => {
    setFont(context, { ...font, sizePt: side / 2 }, character);
    context.clearRect(0, 0, side, side);
    context.fillText(character, side / 4, side * 0.7);
    return Buffer.from(context.getImageData(0, 0, side, side).data.buffer);
  };
  const none = drawn(NO_CHARACTER);
  const known = new Map<string, boolean>();
  return (character) => {
    const found = known.get(character) ?? (known.size < LOOKED_AT_MAX && !drawn(character).equals(none));
    known.set(character, found);
    return found;
  };
}

/** The signs of every day: each is as wide as it is high, in any font. */
export const HAN = /[\u4e00-\u9fcc]/g;
const NO_CHARACTER = '\u{2fffe}';
const LOOKED_AT_MAX = 4_000;

function setFont(
  context: Pick<SKRSContext2D, 'font' | 'fontVariationSettings'>,
  { sizePt, bold, familiesOf }: TextFont,
  text: string,
): void {
  const families = [TEXT_FONT, familiesOf(text), 'sans-serif'].filter((family) => family !== '');
  context.font = `${bold ? 'bold ' : ''}${sizePt}px ${families.join(', ')}`;
  // Of fonts that hold every weight.
  context.fontVariationSettings = bold ? "'wght' 700" : "'wght' 400";
}

export interface PdfPage {
  /** One line; `x`: where it begins, or `fromRight` where it ends. `y`: where its letters stand. */
  draw(line: string, at: TextFont & { x: number; y: number; fromRight: boolean; isRightToLeft: boolean }): void;
}

/** A PDF with its text as text; `end` gives its bytes. */
export function beginPdf(title: string): { page(width: number, height: number): PdfPage; end(): Buffer } {
  const document = new PDFDocument({ title, creator: 'Sealpost', producer: 'Sealpost' });
  let isOpen = false;
  const endPage = (): void => {
    if (isOpen) document.endPage();
    isOpen = false;
  };
  return {
    page: (width, height) => {
      endPage();
      const context = document.beginPage(width, height);
      isOpen = true;
      context.fillStyle = '#000';
      return {
        draw: (line, { x, y, fromRight, isRightToLeft, ...font }) => {
          setFont(context, font, line);
          context.direction = isRightToLeft ? 'rtl' : 'ltr';
          context.textAlign = fromRight ? 'right' : 'left';
          context.fillText(line, x, y);
        },
      };
    },
    end: () => {
      endPage();
      return document.close();
    },
  };
}

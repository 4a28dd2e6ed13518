// Owns what may be made of a brand's colour: which text can be read on it. Pure.

export const DEFAULT_COLOUR = '#1d4f7c';

/** Of text on its ground (WCAG 2.2, success criterion 1.4.3). */
export const CONTRAST_MIN = 4.5;

const HEX = /^#[0-9a-f]{6}$/;

/** `#rrggbb` in lower case, or undefined. */
export function parseColour(text: string): string | undefined {
  const colour = text.trim().toLowerCase();
  return HEX.test(colour) ? colour : undefined;
}

/** What stands on the brand's colour: as it was chosen, else the one of black and white that is read better. */
export function textOn({
  colour,
  textColour,
}: {
  readonly colour: string;
  readonly textColour: string | null;
}): string {
  return textColour ?? bestOn(colour);
}

/** Always 4.58:1 or more. */
export function bestOn(colour: string): '#000000' | '#ffffff' {
  return contrast(colour, '#ffffff') >= contrast(colour, '#000000') ? '#ffffff' : '#000000';
}

/** Contrast ratio of two colours, from 1 to 21 (WCAG 2.2, relative luminance). */
export function contrast(a: string, b: string): number {
  const [bright, dark] = [luminance(a), luminance(b)].toSorted((x, y) => y - x);
  return ((bright ?? 0) + 0.05) / ((dark ?? 0) + 0.05);
}

function luminance(colour: string): number {
  const channel = (at: number): number => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
}

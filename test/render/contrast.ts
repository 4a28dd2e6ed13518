// Owns the arithmetic of contrast for the tests: CSS Color 4 (OKLab to linear sRGB) and WCAG 2.2.

/** Lightness 0..1 and the two axes of OKLab. */
export type Lab = readonly [l: number, a: number, b: number];

/** Reads `oklch(96.6% .005 85)`; throws on anything else. */
export function fromOklch(text: string): Lab {
  const found = /^oklch\(([\d.]+)% ([\d.]+) ([\d.]+)\)$/.exec(text);
  if (found === null) throw new Error(`Not an OKLCH colour: ${text}`);
  const [l, chroma, hue] = [Number(found[1]) / 100, Number(found[2]), (Number(found[3]) * Math.PI) / 180];
  return [l, chroma * Math.cos(hue), chroma * Math.sin(hue)];
}

/** Reads `#rrggbb`. */
export function fromHex(text: string): Lab {
  const [r, g, b] = [1, 3, 5].map((at) => toLinear(Number.parseInt(text.slice(at, at + 2), 16) / 255)) as [
    number,
    number,
    number,
  ]; // three in, three out
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

/** `share` of one and the rest of the other, as color-mix(in oklab) does it. */
export function mix(one: Lab, share: number, other: Lab): Lab {
  const rest = 1 - share;
  return [one[0] * share + other[0] * rest, one[1] * share + other[1] * rest, one[2] * share + other[2] * rest];
}

/** 1 to 21. */
export function contrast(one: Lab, other: Lab): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

function luminance([lightness, a, b]: Lab): number {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const red = 4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s;
  const green = -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s;
  const blue = -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s;
  return 0.2126 * clamp(red) + 0.7152 * clamp(green) + 0.0722 * clamp(blue);
}

function toLinear(value: number): number {
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}

function clamp(value: number): number {
  return Math.min(1, Math.max(0, value));
}

// Owns what is asked of a mail that stands in a browser: which words are seen, where its cells, letters and pictures lie, and
// how well its text stands out against what is behind it. Each question is a script for the page that shows the mail.

import type { Frame, Page } from 'playwright-core';

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
}

type Shown = Page | Frame;

/** Words of a row's cells → where the cells lie; undefined when there is no such row. */
export async function cellBoxes(at: Shown, words: readonly string[]): Promise<readonly Box[] | undefined> {
  const found: unknown = await at.evaluate(`(() => {
    const words = ${JSON.stringify(words)};
    const row = [...document.querySelectorAll('tr')].find((row) => row.cells.length >= words.length
      && words.every((word, n) => row.cells[n].innerText.includes(word)));
    return row && [...row.cells].slice(0, words.length).map((cell) => { const { left, top, right } = cell.getBoundingClientRect(); return { left, top, right }; });
  })()`);
  return Array.isArray(found) ? (found as Box[]) : undefined; // written by the script above
}

/** Where the first and the last letter of these words lie. */
export async function letterBoxes(at: Shown, words: string): Promise<readonly Box[]> {
  const found: unknown = await at.evaluate(`(() => {
    const words = ${JSON.stringify(words)};
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walk.nextNode(); node; node = walk.nextNode()) {
      const start = node.data.indexOf(words);
      if (start === -1 || !node.parentElement.checkVisibility()) continue;
      return [start, start + words.length - 1].map((place) => {
        const range = document.createRange();
        range.setStart(node, place);
        range.setEnd(node, place + 1);
        const { left, top, right } = range.getBoundingClientRect();
        return { left, top, right };
      });
    }
    return [];
  })()`);
  return Array.isArray(found) ? (found as Box[]) : []; // written by the script above
}

/** The value of a CSS property, as computed for the innermost element with these words. */
export async function lookOf(at: Shown, words: string, property: string): Promise<string> {
  return String(
    await at.evaluate(`(() => {
      const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      for (let node = walk.nextNode(); node; node = walk.nextNode())
        if (node.data.includes(${JSON.stringify(words)}) && node.parentElement.checkVisibility())
          return getComputedStyle(node.parentElement).getPropertyValue(${JSON.stringify(property)});
    })()`),
  );
}

/** The alternative texts of the pictures that are seen; one without a picture in it is not. */
export async function picturesSeen(at: Shown): Promise<readonly string[]> {
  const found: unknown = await at.evaluate(
    `[...document.images].filter((image) => image.checkVisibility() && image.complete && image.naturalWidth > 1).map((image) => image.alt)`,
  );
  return Array.isArray(found) ? found.map(String) : [];
}

/** Texts that stand out too little against what is behind them (WCAG 2.2, 1.4.3), each with its contrast. */
export async function fadedTexts(at: Shown): Promise<readonly string[]> {
  const found: unknown = await at.evaluate(FADED);
  return Array.isArray(found) ? found.map(String) : ['the script did not answer'];
}

// Colours are painted and read back, so that every way to write one is understood.
const FADED = `(() => {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = 1;
  const brush = canvas.getContext('2d', { willReadFrequently: true });
  const painted = (colours) => {
    brush.clearRect(0, 0, 1, 1);
    for (const colour of colours) { brush.fillStyle = colour; brush.fillRect(0, 0, 1, 1); }
    return [...brush.getImageData(0, 0, 1, 1).data];
  };
  const luminance = ([r, g, b]) => {
    const [lr, lg, lb] = [r, g, b].map((one) => one / 255).map((one) => one <= 0.03928 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4);
    return 0.2126 * lr + 0.7152 * lg + 0.0722 * lb;
  };
  const faded = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    const element = node.parentElement;
    if (node.data.trim() === '' || !element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
    const behind = [];
    for (let one = element; one; one = one.parentElement) behind.unshift(getComputedStyle(one).backgroundColor);
    const { color, fontSize, fontWeight } = getComputedStyle(element);
    const ground = painted(['#fff', ...behind]);
    const [light, dark] = [luminance(painted(['#fff', ...behind, color])), luminance(ground)].sort((a, b) => b - a);
    const contrast = (light + 0.05) / (dark + 0.05);
    const isLarge = parseFloat(fontSize) >= 24 || (parseFloat(fontSize) >= 18.66 && Number(fontWeight) >= 700);
    if (contrast < (isLarge ? 3 : 4.5)) faded.push(contrast.toFixed(2) + ' ' + node.data.trim().slice(0, 40));
  }
  return faded;
})()`;

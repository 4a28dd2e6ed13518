// Owns answering one question about one file: open it, look at a page, draw it, mark it.

import { viewingLimits } from '../limits.ts';
import type { PageLook, PaintAsk } from '../paint-protocol.ts';
import type { Opened } from './opened.ts';
import { checkPage, Refused } from './refused.ts';

/** Throws Refused, or anything at all for a file that is broken. */
export async function paintPage(ask: PaintAsk, bytes: Buffer): Promise<{ look: PageLook; image: Buffer }> {
  if (ask.task === 'check') {
    const { openOffice } = await import('./office-text.ts');
    await openOffice(bytes);
    return { look: { pages: 1, cut: false, width: 1, height: 1 }, image: Buffer.alloc(0) };
  }
  const opened = await open(ask, bytes);
  checkPage(ask.page, opened.pages);
  const { width, height } = await opened.size(ask);
  const text = ask.wantsText ? await opened.text?.(ask.page) : undefined;
  const look = {
    pages: opened.pages,
    cut: opened.cut,
    width,
    height,
    ...(text === undefined ? {} : { text: text.slice(0, viewingLimits.pageTextCharactersMax) }),
  };
  // Also for a look: whether it can be drawn turns out by drawing it, and the page has to say so.
  const page = await opened.draw(ask);
  if (ask.task === 'look') return { look, image: Buffer.alloc(0) };
  const [{ encode }, { burnMark }] = await Promise.all([import('./canvas.ts'), import('./mark.ts')]);
  return { look, image: await encode(ask.mark === null ? page : burnMark(page, ask.mark), ask.format) };
}

// Each library is loaded for what it reads only: starting is half of the time this takes.
async function open({ file }: PaintAsk, bytes: Buffer): Promise<Opened> {
  switch (file.kind) {
    case 'pdf':
      return (await import('./pdf.ts')).openPdf(bytes);
    case 'picture':
      return (await import('./picture.ts')).openPicture(bytes, file.format);
    case 'text':
      return (await import('./text.ts')).openTextFile(bytes);
    case 'office': {
      const { officeText } = await import('./office-text.ts');
      const text = await officeText(bytes, file.ending);
      if (text === '') throw new Refused('no-text');
      return (await import('./text.ts')).openText(text);
    }
  }
}

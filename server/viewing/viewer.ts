// Owns showing a file page by page: what it is, whether it can be shown, and each page as a marked picture; and setting a text
// as a PDF. It knows no message and no right: whoever asks has been asked for theirs.

import { ticksMs } from '../core/clock.ts';
import type { Clock } from '../core/clock.ts';
import type { Log } from '../core/log.ts';
import { AppError } from '../core/errors.ts';
import { once } from '../core/once.ts';
import { readWhole } from '../core/read-whole.ts';
import { createTurns } from '../core/turns.ts';
import { sentence } from '../language/words.ts';
import { createKept } from './kept.ts';
import { findKind } from '../files/kind.ts';
import type { Found, KindWord } from '../files/kind.ts';
import { viewingLimits } from './limits.ts';
import { canIsolate } from './locked-process.ts';
import { findOfficeConverter } from './office.ts';
import type { OfficeConverter } from './office.ts';
import type { Failure, ImageFormat, PageLook, PaintAsk, Zoom } from './paint-protocol.ts';
import { paint } from './painter.ts';
import type { Painted } from './painter.ts';
import { writeTextPdf } from './text-pdf.ts';
import type { PdfText, WrittenPdf } from './text-pdf.ts';

export interface ViewedFile {
  /** Names the file for as long as it is kept converted. */
  readonly key: string;
  readonly size: number;
  /** Its bytes; asked for when it is its turn, and not before. */
  readonly read: () => AsyncIterable<Buffer>;
}

export interface PageAsk {
  readonly page: number;
  readonly zoom: Zoom;
}

export type NotShown = Failure | Extract<Found, { kind: 'none' }>['why'];

export type View =
  | {
      readonly shown: true;
      readonly word: KindWord;
      /** Of an Office file only its text is shown, without its layout. */
      readonly textOnly: boolean;
      /** A picture has no text to hand out. */
      readonly isPicture: boolean;
      readonly look: PageLook;
      readonly image: Buffer;
    }
  | { readonly shown: false; readonly why: NotShown; readonly word?: KindWord; readonly pages?: number | undefined };

export interface Viewer {
  /** How many pages, how large this one is, and its text when that is wanted. Throws server/busy. */
  look(file: ViewedFile, ask: PageAsk & { readonly wantsText: boolean }): Promise<View>;
  /** One page's picture; without a mark only where the reader may take the file anyway. Throws server/busy. */
  draw(file: ViewedFile, ask: PageAsk & { readonly mark: string | null; readonly format: ImageFormat }): Promise<View>;
  /** Throws server/busy. */
  writePdf(text: PdfText): Promise<WrittenPdf>;
  close(): void;
}

export type ViewerLimits = Partial<
  Record<'viewMs' | 'waitMs' | 'convertMs' | 'paintMs' | 'parallel' | 'waitingMax', number>
>;

export interface ViewerOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** For tests on slow machines, and of what happens to those who wait. */
  readonly limits?: ViewerLimits | undefined;
  readonly withOffice?: boolean;
  readonly isolates?: () => Promise<boolean>;
}

interface Room {
  readonly isolated: boolean;
  /** LibreOffice is used only where it can be locked away: what it reads may make it read other files. */
  readonly office: OfficeConverter | undefined;
}

type Task = Pick<PaintAsk, 'task' | 'page' | 'zoom' | 'wantsText' | 'mark' | 'format'>;

export function createViewer({ clock, log, limits, withOffice = true, isolates = canIsolate }: ViewerOptions): Viewer {
  const { viewMs, convertMs, paintMs, ...turnLimits } = { ...viewingLimits, ...limits };
  const turns = createTurns({ ...turnLimits, busy: sentence('viewing.busy') });
  const kept = createKept(clock);
  const stopping = new AbortController();
  const { signal } = stopping;

  // Found out with the first file, not at the start: most servers are up long before anybody looks at one.
  const findRoom = once(async (): Promise<Room> => {
    const isolated = await isolates();
    if (!isolated) log.warn('viewing.not-isolated');
    return { isolated, office: isolated && withOffice ? await findOfficeConverter() : undefined };
  });

  function view(file: ViewedFile, task: Task): Promise<View> {
    if (file.size > viewingLimits.inputBytesMax) return Promise.resolve({ shown: false, why: 'too-large' });
    return turns.take(async () => {
      const untilMs = ticksMs() + viewMs;
      const leftMs = (mostMs: number): number => Math.max(1, Math.min(mostMs, untilMs - ticksMs()));
      const run = (ask: Task, found: PaintAsk['file'], bytes: Buffer): Promise<Painted> =>
        paint({ ...ask, file: found }, bytes, { budgetMs: leftMs(paintMs), isolated, signal });

      const { isolated, office } = await findRoom();
      const bytes = await readWhole(file.read());
      const found = findKind(bytes);
      if (found.kind === 'none') return { shown: false, why: found.why };
      const { word } = found;
      const told = (painted: Painted, textOnly: boolean): View => {
        if (!painted.ok) log.info('viewing.not-shown', { reason: painted.why });
        return painted.ok
          ? {
              shown: true,
              word,
              textOnly,
              isPicture: found.kind === 'picture',
              look: painted.look,
              image: painted.image,
            }
          : { shown: false, why: painted.why, word, pages: painted.pages };
      };
      if (found.kind !== 'office') return told(await run(task, found, bytes), false);

      let pdf = kept.get(file.key);
      if (pdf === undefined && office !== undefined) {
        // A file that is a bomb is told by its table of contents, before anything unpacks it.
        const checked = await run({ ...task, task: 'check' }, found, bytes);
        if (!checked.ok) return told(checked, false);
        pdf = (await office.convert(bytes, found.ending, leftMs(convertMs), signal)) ?? 'failed';
        if (pdf === 'failed') log.info('viewing.not-converted', { bytes: bytes.length });
        if (!signal.aborted) kept.set(file.key, pdf);
      }
      if (pdf === undefined || pdf === 'failed') return told(await run(task, found, bytes), true);
      return told(await run(task, { kind: 'pdf' }, pdf), false);
    });
  }

  function writePdf(text: PdfText): Promise<WrittenPdf> {
    return turns.take(async () => {
      const { isolated } = await findRoom();
      const written = await writeTextPdf(text, { budgetMs: viewMs, isolated, signal });
      if (written === undefined)
        throw new AppError('server/busy', sentence('reading.copy-no-pdf'), { detail: 'text-pdf' });
      return written;
    });
  }

  return {
    writePdf,
    look: (file, { page, zoom, wantsText }) =>
      view(file, { task: 'look', page, zoom, wantsText, mark: null, format: 'png' }),
    draw: (file, { page, zoom, mark, format }) =>
      view(file, { task: 'draw', page, zoom, wantsText: false, mark, format }),
    close: () => {
      stopping.abort();
      kept.clear();
    },
  };
}

// Owns every word of the page that shows an attachment, and what stands on it. Pure.

import type { Mailbox } from '../core/address.ts';
import { hasRight } from '../access/reading.ts';
import type { MailPart } from '../mail/mail-tree.ts';
import { fileKind } from '../render/file-kind.ts';
import type { AttachmentPage, ShownPage } from '../render/attachment-page.ts';
import { sizeWords } from '../render/size.ts';
import { zooms } from '../viewing/paint-protocol.ts';
import type { Zoom } from '../viewing/paint-protocol.ts';
import type { NotShown, View } from '../viewing/viewer.ts';
import type { Reading } from './reading.ts';

export interface ViewAsk {
  readonly reading: Reading;
  readonly part: MailPart;
  /** The attachment's own address, without a query. */
  readonly path: string;
  readonly backUrl: string;
  readonly page: number;
  readonly zoom: Zoom;
  readonly isMarked: boolean;
}

/** What came of it; beside the file's own failures: an address that names no page or size, too many at once. */
export type Outcome = View | { readonly shown: false; readonly why: 'no-such-zoom' | 'busy'; readonly pages?: number };

export function attachmentPage(ask: ViewAsk, outcome: Outcome): AttachmentPage {
  const { part, path, reading } = ask;
  const may = (right: string): boolean => hasRight(reading.message.row, right);
  const declared = fileKind(part.contentType, part.filename).kind;
  const found = 'word' in outcome ? outcome.word : undefined;
  return {
    filename: part.filename,
    kind: found ?? declared,
    size: sizeWords(part.size),
    backUrl: ask.backUrl,
    ...(may('download') ? { downloadUrl: path } : {}),
    notes: [...differs(declared, found), ...(outcome.shown ? notesOn(ask, outcome) : [])],
    ...(outcome.shown ? { shown: shownPage(ask, outcome, may('copy')) } : { problem: problem(ask, outcome, may) }),
    width: ask.zoom === 'fit' || !outcome.shown ? 'reading' : 'wide',
    mayPrint: may('print'),
    mayCopy: may('copy'),
  };
}

// A type that says nothing contradicts nothing; tables and appointments are texts.
const NO_CLAIM = ['File', 'Table', 'Appointment'];

function differs(declared: string, found: string | undefined): string[] {
  if (found === undefined || found === declared || NO_CLAIM.includes(declared)) return [];
  return [`It is labelled “${declared}”, but by its content it is “${found}”, and is treated as that.`];
}

function notesOn(ask: ViewAsk, { textOnly, look }: Extract<View, { shown: true }>): string[] {
  return [
    ...(textOnly ? ['Its layout cannot be shown here. This is its text alone.'] : []),
    ...(look.cut ? [`Only the first ${look.pages} pages are shown.`] : []),
    ...(ask.isMarked ? ['Each page bears your address and the time.'] : []),
  ];
}

function shownPage(ask: ViewAsk, { look, isPicture }: Extract<View, { shown: true }>, mayCopy: boolean): ShownPage {
  const { page, zoom, path, part } = ask;
  const at = (n: number, size: Zoom): string => `${path}?view=1&page=${n}&zoom=${size}`;
  return {
    n: page,
    pages: look.pages,
    image: {
      url: `${path}/pages/${page}?zoom=${zoom}`,
      width: look.width,
      height: look.height,
      fits: zoom === 'fit',
      alt: look.pages === 1 ? `Picture of ${part.filename}` : `Picture of page ${page} of ${part.filename}`,
    },
    ...(page > 1 ? { previousUrl: at(page - 1, zoom) } : {}),
    ...(page < look.pages ? { nextUrl: at(page + 1, zoom) } : {}),
    zooms: zooms.map((one) => ({
      label: one === 'fit' ? 'Fit to width' : `${one} %`,
      url: at(page, one),
      current: one === zoom,
    })),
    jumps: jumpsFrom(page, look.pages).map((n) => ({ n, url: at(n, zoom) })),
    ...textOf(ask, look.text, isPicture, mayCopy),
  };
}

/** What previous and next do not reach. */
function jumpsFrom(page: number, pages: number): number[] {
  const wanted = [1, page - 50, page - 10, page + 10, page + 50, pages];
  return [...new Set(wanted)].filter((n) => n >= 1 && n <= pages && Math.abs(n - page) > 1).toSorted((a, b) => a - b);
}

function textOf(
  { reading }: ViewAsk,
  text: string | undefined,
  isPicture: boolean,
  mayCopy: boolean,
): Pick<ShownPage, 'text' | 'noText'> {
  if (!mayCopy) {
    return {
      noText: `What is shown here is a picture, which a screen reader cannot read out. The sender has not allowed text to be copied, so no text can stand beside it. If you need it as text, ask ${sender(reading.message.meta.from)}.`,
    };
  }
  if (isPicture) return { noText: 'This file is a picture; it comes with no text.' };
  if (text === undefined || text.trim() === '')
    return { noText: 'There is no text on this page. It may be blank, or a scanned picture.' };
  return { text };
}

function problem(
  ask: ViewAsk,
  outcome: Extract<Outcome, { shown: false }>,
  may: (right: string) => boolean,
): NonNullable<AttachmentPage['problem']> {
  const { why } = outcome;
  const { reading, path } = ask;
  if (why === 'busy') {
    return {
      sentences: [
        'Many files are being looked at right now. Nothing is wrong with this one: try again in a few seconds.',
      ],
      action: { label: 'Try again', url: `${path}?view=1&page=${ask.page}&zoom=${ask.zoom}` },
    };
  }
  if (why === 'no-such-page' || why === 'no-such-zoom') {
    const pages = outcome.pages;
    return {
      sentences: [
        why === 'no-such-zoom'
          ? 'It cannot be shown in that size.'
          : pages === undefined
            ? 'It has no such page.'
            : `It has no such page: there ${pages === 1 ? 'is only one' : `are ${pages}`}.`,
      ],
      action: { label: 'Go to its first page', url: `${path}?view=1` },
    };
  }
  const wayOn = may('download')
    ? 'You can download it instead.'
    : `Ask ${sender(reading.message.meta.from)} for it in another form, for example as a PDF.`;
  return { sentences: [reasons[why], wayOn] };
}

const reasons: Record<Exclude<NotShown, 'no-such-page'>, string> = {
  empty: 'This file is empty.',
  encrypted: 'This file is locked with a password, so its pages cannot be shown here.',
  'old-office': 'This is an Office file of an older kind, which cannot be shown here.',
  archive: 'This is an archive that holds other files. It cannot be shown here.',
  unknown: 'Files of this type cannot be shown here.',
  broken: 'This file is damaged, or made in a way that cannot be shown safely.',
  'too-large': 'This file is too large, or would take too long, to be shown here.',
  'no-text': 'There is nothing in this file that can be shown here.',
};

function sender({ name, address }: Mailbox): string {
  return name === '' ? address : `${name} (${address})`;
}

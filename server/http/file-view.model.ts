// Owns what stands on the page that shows a file of a message, and which of its texts are said when. Pure.

import type { Mailbox } from '../core/address.ts';
import type { Key } from '../language/catalogue.ts';
import type { Words } from '../language/words.ts';
import type { MailPart } from '../mail/mail-tree.ts';
import { fileKind } from '../render/file-kind.ts';
import type { AttachmentPage, ShownPage } from '../render/page-models/attachment.ts';
import { zooms } from '../viewing/paint-protocol.ts';
import type { Zoom } from '../viewing/paint-protocol.ts';
import type { NotShown, View } from '../viewing/viewer.ts';

export interface ViewAsk {
  /** The visitor's. */
  readonly words: Words;
  readonly part: MailPart;
  /** The file's own address, without a query. */
  readonly path: string;
  readonly backUrl: string;
  readonly page: number;
  readonly zoom: Zoom;
  readonly isMarked: boolean;
  readonly may: Readonly<Record<'download' | 'print' | 'copy', boolean>>;
  /** Whom to ask for what cannot be had here. */
  readonly sender: Mailbox;
}

/** What came of it; beside the file's own failures: an address that names no page or size, too many at once. */
export type Outcome = View | { readonly shown: false; readonly why: 'no-such-zoom' | 'busy'; readonly pages?: number };

export function fileViewPage(ask: ViewAsk, outcome: Outcome): AttachmentPage {
  const { words, part, path, may } = ask;
  const declared = fileKind(part.contentType, part.filename).kind;
  const found = 'word' in outcome ? outcome.word : undefined;
  return {
    filename: part.filename,
    kind: words.say(found ?? declared),
    size: words.size(part.size),
    backUrl: ask.backUrl,
    ...(may.download ? { downloadUrl: path } : {}),
    notes: [...differs(words, declared, found), ...(outcome.shown ? notesOn(ask, outcome) : [])],
    ...(outcome.shown ? { shown: shownPage(ask, outcome) } : { problem: problem(ask, outcome) }),
    width: ask.zoom === 'fit' || !outcome.shown ? 'reading' : 'wide',
    mayPrint: may.print,
    mayCopy: may.copy,
  };
}

// A type that says nothing contradicts nothing; tables and appointments are texts.
const NO_CLAIM: readonly Key[] = ['reading.kind-file', 'reading.kind-table', 'reading.kind-appointment'];

function differs(words: Words, declared: Key, found: Key | undefined): string[] {
  if (found === undefined || found === declared || NO_CLAIM.includes(declared)) return [];
  return [words.say('viewing.note-differs', { declared: words.say(declared), found: words.say(found) })];
}

function notesOn({ words, isMarked }: ViewAsk, { textOnly, look }: Extract<View, { shown: true }>): string[] {
  return [
    ...(textOnly ? [words.say('viewing.note-text-only')] : []),
    ...(look.cut ? [words.say('viewing.note-cut', { pages: look.pages })] : []),
    ...(isMarked ? [words.say('viewing.note-marked')] : []),
  ];
}

function shownPage(ask: ViewAsk, { look, isPicture }: Extract<View, { shown: true }>): ShownPage {
  const { words, page, zoom, path, part } = ask;
  const at = (n: number, size: Zoom): string => `${path}?view=1&page=${n}&zoom=${size}`;
  return {
    n: page,
    pages: look.pages,
    image: {
      url: `${path}/pages/${page}?zoom=${zoom}`,
      width: look.width,
      height: look.height,
      fits: zoom === 'fit',
      alt:
        look.pages === 1
          ? words.say('viewing.picture', { file: part.filename })
          : words.say('viewing.picture-page', { n: page, file: part.filename }),
    },
    ...(page > 1 ? { previousUrl: at(page - 1, zoom) } : {}),
    ...(page < look.pages ? { nextUrl: at(page + 1, zoom) } : {}),
    zooms: zooms.map((one) => ({
      label:
        one === 'fit' ? words.say('viewing.size-fit') : words.say('viewing.size-percent', { percent: Number(one) }),
      url: at(page, one),
      current: one === zoom,
    })),
    jumps: jumpsFrom(page, look.pages).map((n) => ({ n, url: at(n, zoom) })),
    ...textOf(ask, look.text, isPicture),
  };
}

/** What previous and next do not reach. */
function jumpsFrom(page: number, pages: number): number[] {
  const wanted = [1, page - 50, page - 10, page + 10, page + 50, pages];
  return [...new Set(wanted)].filter((n) => n >= 1 && n <= pages && Math.abs(n - page) > 1).toSorted((a, b) => a - b);
}

function textOf(
  { words, may, sender }: ViewAsk,
  text: string | undefined,
  isPicture: boolean,
): Pick<ShownPage, 'text' | 'noText'> {
  if (!may.copy) {
    return { noText: words.say('viewing.text-withheld', { sender: senderWords(words, sender) }) };
  }
  if (isPicture) return { noText: words.say('viewing.text-none-picture') };
  if (text === undefined || text.trim() === '') return { noText: words.say('viewing.text-none') };
  return { text };
}

function problem(ask: ViewAsk, outcome: Extract<Outcome, { shown: false }>): NonNullable<AttachmentPage['problem']> {
  const { why } = outcome;
  const { words, path, may, sender } = ask;
  if (why === 'busy') {
    return {
      sentences: [words.say('viewing.busy')],
      action: { label: words.say('viewing.busy-again'), url: `${path}?view=1&page=${ask.page}&zoom=${ask.zoom}` },
    };
  }
  if (why === 'no-such-page' || why === 'no-such-zoom') {
    return {
      sentences: [why === 'no-such-zoom' ? words.say('viewing.no-such-size') : noSuchPage(words, outcome.pages)],
      action: { label: words.say('viewing.go-first'), url: `${path}?view=1` },
    };
  }
  const wayOn = may.download
    ? words.say('viewing.instead-download')
    : words.say('viewing.instead-ask', { sender: senderWords(words, sender) });
  return { sentences: [words.say(reasons[why]), wayOn] };
}

const reasons: Record<Exclude<NotShown, 'no-such-page'>, Key> = {
  empty: 'viewing.why-empty',
  encrypted: 'viewing.why-encrypted',
  'old-office': 'viewing.why-old-office',
  archive: 'viewing.why-archive',
  unknown: 'viewing.no-type',
  broken: 'viewing.why-broken',
  'too-large': 'viewing.why-too-large',
  'no-text': 'viewing.why-no-text',
};

function noSuchPage(words: Words, pages: number | undefined): string {
  return pages === undefined ? words.say('viewing.no-such-page') : words.say('viewing.no-such-page-of', { pages });
}

function senderWords(words: Words, { name, address }: Mailbox): string {
  return name === '' ? address : words.say('viewing.sender', { name, address });
}

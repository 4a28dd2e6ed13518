// Owns the message's body as a reader may see it: the mail's HTML made safe, or its text. What cannot be
// made safe in time is shown as text.

import { isRefusal } from '../core/errors.ts';
import { limits } from '../core/limits.ts';
import { readWhole } from '../core/read-whole.ts';
import type { MailPart } from '../mail/mail-tree.ts';
import type { CleanHtml, HtmlCleaner, Scheme } from '../mail/safe-html.ts';
import { isForwardedSubject } from '../mail/forwarded-subject.ts';
import { MAIL_BOX } from '../mail/safe-selector.ts';
import { textLinks } from '../mail/safe-text.ts';
import { loadBody } from '../messages/load-body.ts';
import { frameRoom } from '../render/frame-room.ts';
import type { TextRun } from '../core/text-runs.ts';
import type { BodyView } from '../render/page-models/message.ts';
import type { MailBody } from '../render/templates.ts';
import { foldedText } from '../http/folded-text.ts';
import { getPart } from '../http/read-part.ts';
import type { Site } from '../http/site.ts';
import type { Visit } from '../http/visit.ts';
import type { Words } from '../language/words.ts';
import { readPart } from './reading.ts';
import type { Reading } from './reading.ts';

export interface BodyDeps {
  readonly site: Site;
  readonly cleaner: HtmlCleaner;
}

/** What the message page shows in the body's place, and the Content-IDs of the pictures shown in it. */
export async function bodyView(
  deps: BodyDeps,
  reading: Reading,
  words: Words,
): Promise<{ view: BodyView; pictures: readonly string[] }> {
  const body = await loadBody(deps.site.db, deps.site.vault, reading.message);
  const path = `${deps.site.base}/messages/${reading.message.row.id}`;
  if (body.html !== undefined) {
    const stand = new Map(pictureParts(reading).map(({ cid }) => [cid, STAND_IN]));
    const clean = await cleanOrUndefined(deps, reading, body.html, { images: stand, words });
    if (clean !== undefined) {
      const { html, css, blockedRemote, usedImages } = clean;
      return {
        view: { kind: 'html', url: `${path}/body`, room: frameRoom(unfolded(html), css), blockedRemote },
        pictures: usedImages,
      };
    }
  }
  const text = body.text ?? (body.html === undefined ? '' : words.say('reading.message-too-complex'));
  const isWhole = isForwardedSubject(reading.message.meta.subject);
  const view: BodyView =
    text.trim() === '' ? { kind: 'empty' } : { kind: 'text', text: foldedText(text, `${path}/links/t`, { isWhole }) };
  return { view, pictures: [] };
}

/** The body's document with its own pictures in it, or undefined when there is none that can be shown. */
export async function bodyDocument(
  deps: BodyDeps,
  reading: Reading,
  words: Words,
  theme: Visit['theme'],
): Promise<Pick<MailBody, 'html' | 'page' | 'dark'> | undefined> {
  const body = await loadBody(deps.site.db, deps.site.vault, reading.message);
  if (body.html === undefined) return undefined;
  const images = await inlineImages(deps.site, reading);
  const scheme = theme === 'auto' ? 'device' : theme;
  const clean = await cleanOrUndefined(deps, reading, body.html, { images, words, scheme });
  if (clean === undefined) return undefined;
  const { html, css, page, hasDark } = clean;
  const dark = !hasDark || theme === 'light' ? undefined : theme === 'dark' ? 'always' : 'device';
  return { html: `${styleElement(css)}${html}`, page, dark };
}

/** The body for a reader's own copy: links lead where they say, pictures are named by the part that holds them. */
export async function copiedBody(
  deps: BodyDeps,
  reading: Reading,
  words: Words,
): Promise<{ text: string; html: string | undefined; inline: ReadonlyMap<number, string> }> {
  const body = await loadBody(deps.site.db, deps.site.vault, reading.message);
  const parts = pictureParts(reading);
  const images = new Map(parts.map(({ cid, part }) => [cid, `cid:part-${part.n}`]));
  const clean =
    body.html === undefined
      ? undefined
      : await cleanOrUndefined(deps, reading, body.html, { images, scheme: 'written', linksLead: 'where they say' });
  const shown = parts.filter(({ cid }) => clean?.usedImages.includes(cid) === true);
  return {
    // A copy that holds nothing says why, as the page does.
    text: body.text ?? (body.html === undefined || clean !== undefined ? '' : words.say('reading.message-too-complex')),
    html: clean && copiedHtml(clean),
    inline: new Map(shown.map(({ part }) => [part.n, `part-${part.n}`])),
  };
}

/** Where the n-th link of the body leads; `n` is '3' for the HTML's links, 't3' for the text's. */
export async function bodyLink(deps: BodyDeps, reading: Reading, n: string): Promise<TextRun | undefined> {
  const body = await loadBody(deps.site.db, deps.site.vault, reading.message);
  if (n.startsWith('t')) {
    return textLinks(body.text ?? '')[Number(n.slice(1))];
  }
  if (body.html === undefined) return undefined;
  return (await cleanOrUndefined(deps, reading, body.html, {}))?.links[Number(n)];
}

interface Cleaning {
  readonly images?: ReadonlyMap<string, string>;
  /** Quoted parts are folded under these. */
  readonly words?: Words;
  readonly scheme?: Scheme;
  readonly linksLead?: 'where they say';
}

async function cleanOrUndefined(
  deps: BodyDeps,
  reading: Reading,
  html: string,
  { images = new Map(), words, scheme, linksLead }: Cleaning,
): Promise<CleanHtml | undefined> {
  const { row, meta } = reading.message;
  // What was passed on is the message.
  const foldedWords = words === undefined || isForwardedSubject(meta.subject) ? undefined : words.say('reading.quoted');
  try {
    return await deps.cleaner.clean({
      html,
      images,
      linkPrefix: linksLead === undefined ? `${deps.site.base}/messages/${row.id}/links/` : undefined,
      ...(foldedWords === undefined ? {} : { foldedWords }),
      ...(scheme === undefined ? {} : { scheme }),
    });
  } catch (error) {
    if (isRefusal(error, 'mail/unreadable', 'mail/too-large')) return undefined;
    throw error;
  }
}

function copiedHtml({ html, css }: CleanHtml): string {
  return css === '' ? html : `${styleElement(css)}<div id="${MAIL_BOX}">${html}</div>`;
}

function styleElement(css: string): string {
  return css === '' ? '' : `<style>${css}</style>`;
}

// Into the document itself: its sandbox has no origin, so no cookie would go with a request for them.
async function inlineImages(site: Site, reading: Reading): Promise<Map<string, string>> {
  const images = new Map<string, string>();
  for (const { cid, part } of pictureParts(reading)) {
    const row = await getPart(site.db, reading.message, part.n);
    const picture = await readWhole(readPart(site, reading, row));
    images.set(cid, `data:${part.contentType};base64,${picture.toString('base64')}`);
  }
  return images;
}

/** The parts that the HTML may show as pictures, as many as a document can hold. */
function pictureParts(reading: Reading): { cid: string; part: MailPart }[] {
  let bytes = 0;
  return reading.message.meta.parts.flatMap((part) => {
    const cid = part.contentId;
    if (cid === undefined || !INLINE_TYPES.includes(part.contentType)) return [];
    if (bytes + part.size > limits.inlineImageBytesMax) return [];
    bytes += part.size;
    return [{ cid, part }];
  });
}

// What is folded takes no room until it is unfolded, and then the frame scrolls.
function unfolded(html: string): string {
  return html.replace(/<details[\s\S]*?<\/details>/g, '<p>+<br>+</p>');
}

const INLINE_TYPES = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'];
// Finding out which pictures the HTML shows takes none of their bytes.
const STAND_IN = 'data:image/png;base64,AA==';

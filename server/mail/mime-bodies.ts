// Owns which of a mail's texts are its body: what a reader of plain text and a reader of HTML would see. Knows the
// shape of mailparser's tree, and nothing of its streams.

import type { Readable, Transform } from 'node:stream';
import { limits } from '../core/limits.ts';
import { cleanBodyText } from './body-text.ts';
import { unreadable } from './unreadable.ts';

/** A node of mailparser's tree, with what the splitter found in its header. */
export interface TreeNode {
  readonly node: {
    readonly parentNode: TreeNode['node'] | false;
    readonly multipart: string | false;
    readonly contentType: string | false;
    readonly filename: string | false;
    readonly encoding: string | false;
    readonly headers: { getList(): readonly unknown[] } | false;
    disposition: string | false;
    getDecoder: () => Transform;
  };
  readonly contentType: string | false;
  readonly headers: ReadonlyMap<string, string>;
  readonly children: readonly TreeNode[];
  /** Undefined for a multipart. */
  readonly isAttachment?: boolean;
  readonly contentStream?: Readable;
  readonly textContent?: string;
}

export interface Bodies {
  readonly text: string | undefined;
  readonly html: string | undefined;
}

/** Checks one part as it begins. Throws mail/unreadable. */
export function checkStructure(node: TreeNode['node']): void {
  let depth = 0;
  for (let above = node.parentNode; above !== false; above = above.parentNode) {
    if (++depth > limits.mimeDepthMax) throw unreadable('its parts are nested too deeply', 'too-deep');
  }
  if (node.headers !== false && node.headers.getList().length > limits.headerLinesMax) {
    throw unreadable('one of its parts has too many header lines');
  }
}

/** RFC 8551 section 3.5.3: the signature of the part beside it. */
export function isSmimeSignature({ contentType, parentNode }: TreeNode['node']): boolean {
  return (
    parentNode !== false && parentNode.contentType === 'multipart/signed' && SIGNATURE_TYPES.includes(contentType || '')
  );
}

const SIGNATURE_TYPES = ['application/pkcs7-signature', 'application/x-pkcs7-signature'];

/** The bodies of a mail that was read to its end. Throws mail/unreadable. */
export function collectBodies(root: TreeNode): Bodies {
  const { texts, htmls } = collect(root);
  const text = texts.length > 0 ? texts.join('\n') : undefined;
  const html = htmls.length > 0 ? htmls.join('<br>\n') : undefined;
  if (Buffer.byteLength(text ?? '') + Buffer.byteLength(html ?? '') > limits.bodyTextBytesMax)
    throw unreadable('its text is too long', 'too-large');
  return { text, html };
}

interface Found {
  readonly texts: readonly string[];
  readonly htmls: readonly string[];
}

function collect(node: TreeNode): Found {
  if (node.node.multipart !== false) {
    // Without a boundary, or with one that never comes, all its text would silently be nowhere.
    if (node.children.length === 0) throw unreadable('it says that it has parts, but none begins');
    const found = node.children.map(collect);
    return node.contentType === 'multipart/alternative' ? chooseAlternative(found) : joinParts(found);
  }
  if (node.isAttachment !== false) return { texts: [], htmls: [] };
  const content = cleanBodyText(node.textContent ?? '');
  if (node.contentType === 'text/html') return { texts: [], htmls: [content] };
  return { texts: [content], htmls: [] };
}

/** RFC 2046 section 5.1.4: the last one that can be shown is the best; the plain text is the last of those without HTML. */
function chooseAlternative(found: readonly Found[]): Found {
  const rich = found.findLast((choice) => choice.htmls.length > 0);
  const plain = found.findLast((choice) => choice.htmls.length === 0 && choice.texts.length > 0);
  return { texts: (plain ?? rich)?.texts ?? [], htmls: rich?.htmls ?? [] };
}

/** Parts beside each other are read one after the other; a plain text beside HTML (a list's footer) shows in both. */
function joinParts(found: readonly Found[]): Found {
  const anyHtml = found.some((part) => part.htmls.length > 0);
  return {
    texts: found.flatMap((part) => part.texts),
    htmls: anyHtml ? found.flatMap((part) => (part.htmls.length > 0 ? part.htmls : part.texts.map(textAsHtml))) : [],
  };
}

function textAsHtml(text: string): string {
  const escaped = text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
  return `<div style="white-space:pre-wrap">${escaped}</div>`;
}

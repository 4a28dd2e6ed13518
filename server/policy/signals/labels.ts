// Owns which sensitivity label of a mail counts, and what it asks for. The header is easily forged: it counts only with
// what the policy asks for beside it. That the session and the author are ours was seen to before. Pure.

import { displayLine } from '../../core/address.ts';
import { equalBytes, sha256 } from '../../crypto/digest.ts';
import { unknownValue } from '../ask.ts';
import type { PolicyFrame, Wish } from '../asks.ts';
import type { Labels } from '../labels-shape.ts';
import { namedTemplateAsks } from '../named-template.ts';
import { LabelRefusal } from '../refusals.ts';
import type { HeaderBook } from './header-book.ts';
import { parseMsipLabels } from './msip-labels.ts';
import type { MsipLabel } from './msip-labels.ts';

export interface LabelSigns {
  /** GUID of the label that counts. */
  readonly label: string | undefined;
  readonly wishes: readonly Wish[];
}

const HEADER = 'msip_labels';
const none: LabelSigns = { label: undefined, wishes: [] };

/**
 * `secretHeld`: what was found when the mail came, where its secret header is not kept.
 * Throws mail/rights-protected for a label that encrypts and stands for no template.
 */
export function readLabels(headers: HeaderBook, frame: PolicyFrame, secretHeld?: boolean): LabelSigns {
  const { labels } = frame.policy.document;
  const [value = '', ...others] = headers.all(HEADER);
  const { tenant } = labels;
  if (tenant === undefined || (value.trim() === '' && others.length === 0)) return none;
  const doubt = others.length > 0 ? 'stands in the mail more than once' : doubtOf(headers, labels, tenant, secretHeld);
  if (doubt !== undefined)
    return { label: undefined, wishes: [note(`${HEADER}: counts for nothing, since it ${doubt}`)] };
  const ours = parseMsipLabels(value).filter(({ enabled, siteId }) => enabled && siteId === tenant);
  // A stable sort: of two that were set at the same time, the first.
  const [label, ...older] = ours.toSorted((a, b) => compare(b.setDate, a.setDate));
  if (label === undefined) return none;
  const conflict = older.length > 0 ? [note(`${HEADER}: several labels are set; the one set last counts`)] : [];
  return { label: label.guid, wishes: [...conflict, wishOf(label, frame)] };
}

function wishOf(label: MsipLabel, frame: PolicyFrame): Wish {
  const entry = frame.policy.labels.get(label.guid);
  if (Number.isNaN(label.contentBits)) throw unknownValue(HEADER, 'a number as ContentBits');
  if (entry === undefined) {
    // It came readable, but was to be encrypted for rights that nobody here knows.
    if (encrypts(label)) throw new LabelRefusal();
    return note(`label ${called(label)} stands for no template`);
  }
  const title = entry.title === undefined ? '' : `“${entry.title}” `;
  return { words: `label ${title}(${label.guid})`, ...namedTemplateAsks(entry.template, frame) };
}

const ENCRYPTS_BIT = 8;

function encrypts({ contentBits = 0 }: MsipLabel): boolean {
  return (contentBits & ENCRYPTS_BIT) !== 0;
}

const NAME_CHARACTERS_MAX = 60;

function called({ name = '', guid }: MsipLabel): string {
  return `“${displayLine(name, NAME_CHARACTERS_MAX)}” (${guid})`;
}

/** What speaks against believing the header; undefined when nothing does. */
function doubtOf(
  headers: HeaderBook,
  { requireStamp, secretHeader }: Labels,
  tenant: string,
  secretHeld: boolean | undefined,
): string | undefined {
  if (requireStamp && !isStamped(headers, tenant)) return 'has no stamp of our tenant';
  if (secretHeader === undefined || (secretHeld ?? holdsSecret(headers, secretHeader))) return undefined;
  return 'comes without the secret header';
}

/** Exchange Online writes both for mail of its own tenants. */
function isStamped(headers: HeaderBook, tenant: string): boolean {
  return (
    isOnly(headers.all('x-ms-exchange-crosstenant-id'), tenant) &&
    isOnly(headers.all('x-ms-exchange-crosstenant-authas'), 'internal')
  );
}

function isOnly(values: readonly string[], expected: string): boolean {
  return values.length === 1 && values[0]?.trim().toLowerCase() === expected;
}

/** Whether the mail bears the secret that the administrator's connector adds. In constant time. */
export function holdsSecret(
  headers: HeaderBook,
  { name, sha256: digest }: NonNullable<Labels['secretHeader']>,
): boolean {
  const [value, ...others] = headers.all(name);
  if (value === undefined || others.length > 0) return false;
  return equalBytes(sha256(value.trim()), Buffer.from(digest, 'hex'));
}

function note(words: string): Wish {
  return { words, isNote: true };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

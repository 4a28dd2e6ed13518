// Owns what every condition answers, and the situation it looks at: one mail, prepared once for all rules. Types, and the
// few answers that are alike everywhere.

import type { Look, Seen, Source } from '../../detect/look.ts';
import type { Group, List } from '../document.ts';
import type { Sensitivity } from './signs.ts';

/** Somebody who writes or is written to, in the one spelling of their address. */
export interface Person {
  readonly address: string;
  readonly domain: string;
}

export interface Situation {
  readonly nowMs: number;
  readonly sender: Person;
  readonly recipients: readonly Person[];
  /** True for what a reader writes in the portal. */
  readonly fromOutside: boolean;
  readonly isOurs: (person: Person) => boolean;
  /** As it came, its tags with it. */
  readonly subject: string;
  /** The values of all header lines of this name (in lower case), decoded. */
  readonly header: (name: string) => readonly string[];
  readonly attachments: readonly AttachmentFacts[];
  /** What lies in attachments, as far as it was looked at. */
  readonly innerFiles: readonly AttachmentFacts[];
  readonly sizeBytes: number;
  /** GUID of the label that counts. */
  readonly label: string | undefined;
  readonly sensitivity: Sensitivity | undefined;
  readonly hit: (look: string, source: Source) => Seen['hits'][number] | undefined;
  readonly unreadable: Seen['unreadable'];
}

/** An attachment, or a file that lies in one. */
export interface AttachmentFacts {
  /** 1, 2, 3 … in the order of the mail. */
  readonly n: number;
  /** Names that lead to it within the attachment; empty for the attachment itself. */
  readonly path: readonly string[];
  readonly filename: string;
  /** What it is declared to be, what its bytes are, and what the end of its name stands for. */
  readonly types: readonly string[];
  readonly sizeBytes: number;
}

/** Where a condition found what it looks for. */
export interface FoundPlace {
  /** `sender`, `subject`, `header x-priority`, `body`, `attachments` … */
  readonly where: string;
  /** Of an attachment: its number, and the names within it that lead to the place. */
  readonly part?: number;
  readonly path?: readonly string[];
  /** Tells what was found without giving it away. */
  readonly masked: string;
}

export interface Answer {
  readonly holds: boolean;
  /** What there is, where a number decides: "2 found". */
  readonly there?: string;
  readonly places?: readonly FoundPlace[];
}

export interface Leaf {
  /** The condition in words. */
  readonly says: string;
  /** True when the answer is another for each recipient. */
  readonly perRecipient: boolean;
  readonly ask: (situation: Situation, recipient: Person) => Answer;
}

/** What conditions are made with. */
export interface Bench {
  readonly groups: ReadonlyMap<string, Group>;
  readonly lists: ReadonlyMap<string, List>;
  /** Notes that this has to be looked for, and says under which name it will be found. */
  readonly lookFor: (what: Look['what']) => string;
  /** Notes that parts have to be read, whatever is looked for in them. */
  readonly readParts: () => void;
}

const PLACES_MAX = 5;

/** Holds when there is any place; the first few are told. */
export function holdsAt(places: readonly FoundPlace[]): Answer {
  return places.length === 0 ? { holds: false } : { holds: true, places: places.slice(0, PLACES_MAX) };
}

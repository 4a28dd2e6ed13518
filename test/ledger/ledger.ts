// Owns a ledger: messages with marks of their own, handed in over many connections, and for each the answer it got.

import { randomBytes } from 'node:crypto';
import type { ApiClient } from '../roads/api-client.ts';
import { ALICE, mailWith } from '../roads/mails.ts';
import { submit } from '../support/submit.ts';

export interface Entry {
  /** Stands in subject and text of this one only. */
  readonly mark: string;
  readonly road: 'smtp' | 'api';
  readonly to: readonly string[];
  readonly file: Buffer;
  /** Asks for a protection that does not exist. */
  readonly faulty: boolean;
  /** By which a mail is known again that comes twice. */
  readonly messageId: string;
  /** Open until an answer comes, which it may never do. */
  outcome: 'open' | 'accepted' | 'refused';
  /** The answer's first words: `452 4.3.1`, `507`. */
  answer: string;
  id?: string;
}

/** Where messages are taken in. */
export interface Door {
  readonly smtpPort: number;
  readonly api: ApiClient;
}

export const READERS = Array.from({ length: 4 }, (_, n) => `reader${n}@recipient.example`);

// In the row, in a blob, and in the spool first.
const FILE_BYTES = [200, 20_000, 90_000, 1_100_000] as const;

export function makeEntry(n: number, fileBytes = FILE_BYTES[n % FILE_BYTES.length] ?? 0): Entry {
  const mark = `mark-${n}-${randomBytes(6).toString('hex')}`;
  return {
    mark,
    messageId: `<${mark}@example.com>`,
    road: n % 3 === 2 ? 'api' : 'smtp',
    to: READERS.slice(n % READERS.length).slice(0, 1 + (n % 2)),
    file: randomBytes(fileBytes),
    faulty: n % 7 === 6,
    outcome: 'open',
    answer: '',
  };
}

/** Hands in all of them over so many connections at once. What the door does not answer stays open. */
export async function handIn(
  door: Door,
  entries: readonly Entry[],
  connections: number,
  onAnswer: (entry: Entry) => void = () => undefined,
): Promise<void> {
  const left = [...entries];
  async function connection(): Promise<void> {
    for (let entry = left.shift(); entry !== undefined; entry = left.shift()) {
      await (entry.road === 'smtp' ? bySmtp(door, entry) : byApi(door, entry));
      if (entry.outcome === 'open') return; // the door is gone
      onAnswer(entry);
    }
  }
  await Promise.all(Array.from({ length: connections }, connection));
}

const PROTECTION = 'X-Sealpost-Protection';

async function bySmtp({ smtpPort }: Door, entry: Entry): Promise<void> {
  const raw = mailWith({
    subject: entry.mark,
    text: `The text of ${entry.mark}.`,
    messageId: entry.messageId,
    headers: entry.faulty ? [`${PROTECTION}: nonsense`] : [],
    attachments: [{ filename: 'file.bin', content: entry.file }],
  });
  const reply = await submit(smtpPort, { from: ALICE, to: entry.to, raw }).catch(() => '');
  const [, code, id] = /^250 2\.0\.0 ()([0-9a-z]{26})$/.exec(reply) ?? [];
  record(entry, /^\d{3} \d\.\d\.\d{1,3}/.exec(reply)?.[0] ?? '', code === undefined ? undefined : id);
}

async function byApi({ api }: Door, entry: Entry): Promise<void> {
  const call = {
    from: ALICE,
    to: entry.to,
    subject: entry.mark,
    text: `The text of ${entry.mark}.`,
    attachments: [
      { filename: 'file.bin', contentType: 'application/octet-stream', content: entry.file.toString('base64') },
    ],
    ...(entry.faulty ? { protection: 'nonsense' } : {}),
  };
  const once = { 'idempotency-key': entry.messageId };
  const answer = await api.sendJson('/messages', call, once).catch(() => undefined);
  if (answer === undefined) return;
  record(entry, String(answer.status), answer.status === 201 ? String(answer.json['id']) : undefined);
}

function record(entry: Entry, answer: string, id: string | undefined): void {
  if (answer === '') return;
  entry.answer = answer;
  entry.outcome = id === undefined ? 'refused' : 'accepted';
  if (id !== undefined) entry.id = id;
}

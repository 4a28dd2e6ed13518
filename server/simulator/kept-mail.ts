// Owns reading a message that was taken in as the policy looked at it then, so that another policy can be tried on it. What
// it opens goes to the policy and the inspector, and nowhere else.

import { parseAddress } from '../core/address.ts';
import type { Address } from '../core/address.ts';
import { hasCode } from '../core/errors.ts';
import { SealBroken } from '../crypto/seal-broken.ts';
import type { Db } from '../db/engine.ts';
import type { MessagesTable } from '../db/tables/messages.ts';
import { nothingSeen } from '../inspect/inspect.ts';
import type { InspectedPart, Inspector } from '../inspect/inspect.ts';
import { listAllRecipients } from '../messages/holds.store.ts';
import type { MessageBody } from '../messages/message.ts';
import { loadMessage, loadPart } from '../messages/messages.store.ts';
import { openBody, openMessage, openPart, openRecipient } from '../messages/open.ts';
import type { OpenMessage } from '../messages/open.ts';
import { BODY_PART } from '../messages/seal.ts';
import type { Vault } from '../messages/seal.ts';
import type { Wish } from '../policy/asks.ts';
import type { MailToDecide } from '../policy/mail-to-decide.ts';
import type { Policy } from '../policy/policy.ts';
import type { NotOpened } from '../policy/replay-report.ts';

export interface KeptMailDeps {
  readonly db: Db;
  readonly vault: Vault;
  readonly inspector: Inspector;
}

/** Weather, and server/busy of the inspector, pass through. `word`: is looked through with its text. */
export async function loadKeptMail(
  deps: KeptMailDeps,
  row: MessagesTable,
  policy: Policy,
  word = '',
): Promise<MailToDecide | NotOpened> {
  if (row.wrapped_key === null) return 'shredded';
  try {
    return await open(deps, row, policy, word);
  } catch (error) {
    if (!(error instanceof SealBroken) && !hasCode(error, 'ENOENT')) throw error;
    const now = await loadMessage(deps.db, row.id);
    // Shredded while it was read: nothing is damaged.
    return now === undefined || now.destroyed_at !== null ? 'shredded' : 'damaged';
  }
}

async function open(
  deps: KeptMailDeps,
  row: MessagesTable,
  policy: Policy,
  word: string,
): Promise<MailToDecide | NotOpened> {
  const message = openMessage(deps.vault, row);
  const bodyRow = await loadPart(deps.db, row.id, BODY_PART);
  if (bodyRow === undefined) throw new SealBroken();
  const { judged, ...body } = await openBody(deps.vault, message, bodyRow);
  if (judged === undefined) return 'unknown';
  const { headers, subject, secretHeld } = judged;
  const { from, parts } = message.meta;
  const { text = '', html = '' } = body;
  const looked = word === '' ? body : { ...body, text: `${text}\n${word}` };
  return {
    headers,
    subject,
    // The seal is the check: ingest/judge.ts alone wrote them, from wishes.
    fields: judged.wishes as readonly Wish[],
    from: from.address,
    recipients: await firstRecipients(deps.db, message),
    fromOutside: row.kind === 'reply',
    seen: policy.readsContent ? await lookThrough(deps, message, subject, looked, policy) : nothingSeen,
    parts,
    sizeBytes: Buffer.byteLength(text) + Buffer.byteLength(html) + parts.reduce((sum, { size }) => sum + size, 0),
    secretHeld,
  };
}

/** Whom its sender wrote to; not who got it by a forward or as a reviewer. */
async function firstRecipients(db: Db, message: OpenMessage): Promise<Address[]> {
  const rows = await listAllRecipients(db, message.row.id);
  return rows
    .filter(({ role }) => role === 'to' || role === 'cc' || role === 'bcc')
    .map((row) => {
      const address = parseAddress(openRecipient(message, row).address);
      if (address === undefined) throw new SealBroken();
      return address;
    });
}

async function lookThrough(
  { db, vault, inspector }: KeptMailDeps,
  message: OpenMessage,
  subject: string,
  { text, html }: MessageBody,
  { looks }: Policy,
): ReturnType<Inspector['inspect']> {
  const parts = message.meta.parts.map(({ n, filename, contentType, charset, size }): InspectedPart => ({
    n,
    filename,
    contentType,
    charset,
    size,
    read: async function* () {
      const part = await loadPart(db, message.row.id, n);
      if (part === undefined) throw new SealBroken();
      yield* openPart(vault, message, part);
    },
  }));
  return inspector.inspect({ subject, text, html, parts }, looks);
}

// Owns putting together what a session has proved for one message: by which ways it came in, and whether it gave the
// message's phrase as it is now.

import type { ProofKind } from '../core/proofs.ts';
import { missingProofs, provedKinds } from '../access/proving.ts';
import type { Db, Tx } from '../db/engine.ts';
import type { MessagesTable, RecipientsTable } from '../db/tables/messages.ts';
import { isPhraseGiven } from '../signin/phrases.store.ts';
import type { Session } from '../signin/sessions.store.ts';

/** What the session has proved, as far as it counts for this message. */
export async function provedFor(
  db: Db | Tx,
  session: Session,
  { phrase_id: phraseId }: Pick<MessagesTable, 'phrase_id'>,
): Promise<ReadonlySet<ProofKind>> {
  const given = phraseId !== null && (await isPhraseGiven(db, session.tokenHash, phraseId));
  return provedKinds(session.proved, given);
}

/** Whether that is enough: lists and other messages' pages tell no more of a message than its notice did otherwise. */
export async function isProved(
  db: Db,
  session: Session,
  message: Pick<MessagesTable, 'demands' | 'phrase_id'>,
  recipient: Pick<RecipientsTable, 'road'>,
): Promise<boolean> {
  if (message.demands === '') return true;
  return missingProofs(message, recipient, await provedFor(db, session, message)).length === 0;
}

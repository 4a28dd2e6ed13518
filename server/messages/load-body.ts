// Owns getting a message's body: its row and its opening in one.

import type { Db } from '../db/engine.ts';
import type { MessageBody } from './message.ts';
import { loadPart } from './messages.store.ts';
import { openBody } from './open.ts';
import type { OpenMessage } from './open.ts';
import { BODY_PART } from './seal.ts';
import type { Vault } from './seal.ts';

/** Throws when the body's row is missing: every message has one until it is destroyed. */
export async function loadBody(db: Db, vault: Vault, message: OpenMessage): Promise<MessageBody> {
  const part = await loadPart(db, message.row.id, BODY_PART);
  if (part === undefined) throw new Error('a message without a body');
  // What else lies sealed with it is nobody's to show.
  const { text, html } = await openBody(vault, message, part);
  return { ...(text === undefined ? {} : { text }), ...(html === undefined ? {} : { html }) };
}

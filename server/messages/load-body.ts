// Owns getting a message's body: its row and its opening in one.

import type { Db } from '../db/engine.ts';
import type { JudgedMail, MessageBody, SealedBody } from './message.ts';
import { loadPart } from './messages.store.ts';
import { openBody } from './open.ts';
import type { OpenMessage } from './open.ts';
import { BODY_PART } from './seal.ts';
import type { Vault } from './seal.ts';

/** Throws when the body's row is missing: every message has one until it is destroyed. */
export async function loadBody(db: Db, vault: Vault, message: OpenMessage): Promise<MessageBody> {
  const { text, html } = await loadSealedBody(db, vault, message);
  return { ...(text === undefined ? {} : { text }), ...(html === undefined ? {} : { html }) };
}

/** The body and what the mail was judged by, for trying out rules and for nothing else. */
export async function loadJudged(
  db: Db,
  vault: Vault,
  message: OpenMessage,
): Promise<{ readonly body: MessageBody; readonly judged: JudgedMail | undefined }> {
  const { judged, ...body } = await loadSealedBody(db, vault, message);
  return { body, judged };
}

async function loadSealedBody(db: Db, vault: Vault, message: OpenMessage): Promise<SealedBody> {
  const part = await loadPart(db, message.row.id, BODY_PART);
  if (part === undefined) throw new Error('a message without a body');
  return openBody(vault, message, part);
}

// Owns keeping a message back until those who may have approved it: its recipients are set apart, where no reader's
// query finds them, and the approvers and the sender are told. All within the transaction that takes it in.

import { parseAddress } from '../core/address.ts';
import { isoNow } from '../core/clock.ts';
import { appendAudit } from '../audit/audit.store.ts';
import { newId } from '../crypto/random.ts';
import type { Tx } from '../db/engine.ts';
import type { RecipientsTable } from '../db/tables/messages.ts';
import { insertHeldRecipients, insertHold } from '../messages/holds.store.ts';
import type { Vault } from '../messages/seal.ts';
import { enqueue } from '../outbox/outbox.store.ts';
import type { Hold } from '../policy/decide.ts';

export async function holdBack(
  vault: Vault,
  tx: Tx,
  messageId: string,
  recipients: readonly RecipientsTable[],
  holds: readonly Hold[],
): Promise<void> {
  await insertHeldRecipients(tx, recipients);
  for (const { rule, name, approvers } of holds) {
    const hold = {
      id: newId(vault.clock),
      messageId,
      ruleId: rule,
      name,
      approvers: approvers.flatMap((text) => parseAddress(text) ?? []),
      createdAt: isoNow(vault.clock),
    };
    await insertHold(vault.keyring, tx, hold);
    for (const n of hold.approvers.keys()) {
      await enqueue(vault, tx, { kind: 'approval', messageId, payload: { holdId: hold.id, approver: n } });
    }
    await enqueue(vault, tx, { kind: 'held', messageId, payload: { holdId: hold.id, state: 'open' } });
    await appendAudit(vault, tx, { event: 'message-held', messageId, details: { rule } });
  }
}

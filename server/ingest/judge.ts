// Owns asking the policy about a submission, and what of it is kept so that other rules can be tried out on it later.

import type { Seen } from '../detect/look.ts';
import type { Inspector } from '../inspect/inspect.ts';
import type { JudgedMail, SealedBody } from '../messages/message.ts';
import type { Sealing } from '../messages/seal.ts';
import type { PolicyFrame, Wish } from '../policy/asks.ts';
import type { MailToDecide } from '../policy/mail-to-decide.ts';
import { HeaderBook } from '../policy/signals/header-book.ts';
import { holdsSecret } from '../policy/signals/labels.ts';
import { answerTerms } from './answer-terms.ts';
import { inspectMail } from './inspect-mail.ts';
import { placeRecipients } from './message-rows.ts';
import type { PlacedRecipient } from './message-rows.ts';
import type { Content, Submission } from './submission.ts';

export interface JudgeDeps {
  readonly policyFrame: () => PolicyFrame;
  readonly inspector: Inspector;
}

/** All that is known of a submission before anything is decided about it; its attachments are sealed by then. */
export async function examine(
  deps: JudgeDeps,
  submission: Submission,
  content: Content,
  sealing: Sealing,
  continued?: Wish,
): Promise<{ readonly frame: PolicyFrame; readonly placed: readonly PlacedRecipient[]; readonly mail: MailToDecide }> {
  const frame = deps.policyFrame();
  const placed = placeRecipients(content.recipients, content.tree);
  const seen = await inspectMail(deps, frame.policy, content.tree, sealing);
  return { frame, placed, mail: mailToDecide(frame, submission, content, placed, seen, continued) };
}

/** The submission as the policy looks at it. Throws policy/unknown-value or policy/refused for its fields. */
export function mailToDecide(
  frame: PolicyFrame,
  { road, fields, answer }: Submission,
  { tree }: Content,
  recipients: readonly PlacedRecipient[],
  seen: Seen,
  continued?: Wish,
): MailToDecide {
  const { text = '', html = '', parts } = tree;
  return {
    // What a reader writes in the portal has no headers of theirs.
    headers: road === 'portal' ? [] : tree.headers,
    subject: tree.subject,
    fields: [
      ...fields(frame),
      ...(answer === undefined ? [] : answerTerms(answer).wishes),
      ...(continued === undefined ? [] : [continued]),
    ],
    from: tree.from.address,
    recipients: recipients.map(({ address }) => address),
    fromOutside: answer !== undefined,
    seen,
    parts,
    sizeBytes: Buffer.byteLength(text) + Buffer.byteLength(html) + parts.reduce((sum, { size }) => sum + size, 0),
  };
}

/** The body document: what is read, and what it was judged by. */
export function sealedBodyOf({ tree }: Content, mail: MailToDecide, frame: PolicyFrame): SealedBody {
  const { text, html } = tree;
  return {
    ...(text === undefined ? {} : { text }),
    ...(html === undefined ? {} : { html }),
    judged: judgedMail(mail, frame),
  };
}

function judgedMail({ headers, subject, fields }: MailToDecide, { policy }: PolicyFrame): JudgedMail {
  const { secretHeader } = policy.document.labels;
  return {
    headers: headers.filter(({ name }) => name !== secretHeader?.name),
    subject,
    wishes: fields,
    secretHeld: secretHeader !== undefined && holdsSecret(new HeaderBook(headers), secretHeader),
  };
}

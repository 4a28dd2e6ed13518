// Owns reading a raw mail (RFC 5322) for `accept`, from whichever door it came.

import { canonicalAddress } from '../core/address.ts';
import type { Address } from '../core/address.ts';
import { sha256 } from '../crypto/digest.ts';
import type { MailTree, PartSink } from '../mail/mail-tree.ts';
import type { MailParser } from '../mail/parse.ts';
import { signatureState } from '../smime/signature-state.ts';
import { openSmime } from './open-smime.ts';
import type { OpenDeps, SmimeSeen } from './open-smime.ts';
import { spool } from './spool.ts';
import type { Content } from './submission.ts';

export interface RawDeps extends OpenDeps {
  readonly parser: MailParser;
  /** Folder for mails too large for memory. */
  readonly spoolDir: string;
}

export interface Envelope {
  readonly from: Address;
  readonly to: readonly Address[];
}

/** Of a mail that is only tried out nobody may have said who sends it. */
export interface RawEnvelope extends Omit<Envelope, 'from'> {
  readonly from: Address | undefined;
}

/** Reads the mail to its end, then parses it; attachments go to the sink. */
export async function readRaw(
  deps: RawDeps,
  envelope: RawEnvelope,
  source: AsyncIterable<Buffer>,
  sink: PartSink,
): Promise<Content> {
  const spooled = await spool(deps.spoolDir, deps.clock, source);
  try {
    const { source: ready, smime } = await openSmime(deps, spooled.read(), spooled.sizeBytes);
    const tree = await deps.parser.parse(ready, sink);
    const digest = digestOf(envelope, spooled.digest);
    return {
      tree,
      digest,
      recipients: envelope.to.map((address) => ({ address })),
      // RFC 5321 section 4.5.4.1: a peer that never heard our answer sends the same mail again.
      repeatKey: `mail ${digest}`,
      ...(smime === undefined ? {} : await fromSmime(deps, smime, tree)),
    };
  } finally {
    await spooled.close();
  }
}

async function fromSmime(
  deps: RawDeps,
  { wasEncrypted, signatures, isUnchecked }: SmimeSeen,
  { from: { address: author } }: MailTree,
): Promise<Pick<Content, 'smime' | 'offer'>> {
  const signature = isUnchecked ? 'unchecked' : await signatureState(deps, signatures, author);
  const innermost = signatures.at(-1);
  return {
    smime: { wasEncrypted, ...(signature === undefined ? {} : { signature }) },
    ...(innermost === undefined || signature === 'broken' ? {} : { offer: { author, signature: innermost } }),
  };
}

// The envelope belongs to it: the same bytes to other people are another mail. (Its Message-ID is among the bytes.)
function digestOf({ from, to }: RawEnvelope, bytesDigest: string): string {
  const parts = [from === undefined ? '' : canonicalAddress(from), to.map(canonicalAddress).toSorted(), bytesDigest];
  return sha256(JSON.stringify(parts)).toString('base64url');
}

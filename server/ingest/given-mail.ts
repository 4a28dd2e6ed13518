// Owns a mail that somebody gives to be tried out, as a file or a text: who sends it and to whom may be chosen, and is
// else what stands in it. Nothing that is made here is to be taken in.

import type { Address } from '../core/address.ts';
import { bounded } from '../core/bounded.ts';
import type { PartSink } from '../mail/mail-tree.ts';
import { withCrLf } from '../mail/line-ends.ts';
import type { RawEnvelope } from './read-raw.ts';
import type { Content, Submission } from './submission.ts';

export interface GivenMail {
  /** Undefined: whoever stands in From. */
  readonly from: Address | undefined;
  /** Empty: whoever stands in To and Cc. */
  readonly to: readonly Address[];
  readonly source: AsyncIterable<Buffer>;
}

export interface GivenDeps {
  /** read-raw.ts, with its dependencies given. */
  readonly readRaw: (envelope: RawEnvelope, source: AsyncIterable<Buffer>, sink: PartSink) => Promise<Content>;
  readonly messageBytesMax: number;
}

export function givenSubmission(deps: GivenDeps, { from, to, source }: GivenMail): Submission {
  return {
    road: 'api',
    from,
    read: async (sink) => {
      const whole = withCrLf(bounded(source, deps.messageBytesMax));
      const content = await deps.readRaw({ from, to }, whole, sink);
      const { tree } = content;
      const named = [...tree.to, ...tree.cc].map(({ address }) => ({ address }));
      return {
        ...content,
        recipients: to.length > 0 ? content.recipients : named,
        tree: from === undefined ? tree : { ...tree, from: { address: from, name: '' } },
      };
    },
    fields: () => [],
    actor: 'simulator',
  };
}

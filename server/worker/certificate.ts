// Owns the mail that tells an administrator that a certificate will expire, or has. What it tells of is asked of the row when it is
// written: one that was removed or refused meanwhile is told of to nobody.

import { z } from 'zod';
import { parseAddress } from '../core/address.ts';
import { isoNow } from '../core/clock.ts';
import { DEFAULT_BRAND_ID, getBrand } from '../brands/brand.store.ts';
import { ownMailId } from '../mail/own-mail-id.ts';
import { openPayload } from '../outbox/outbox.store.ts';
import type { Job } from '../outbox/outbox.store.ts';
import { loadCertificate } from '../smime/certificates.store.ts';
import type { Letter, MailDeps } from './mail-deps.ts';
import { writeMail } from './mail-deps.ts';
import { wordsFor } from './mail-words.ts';

const payloadSchema = z.object({ certificate: z.string(), to: z.string() });

/** What such a job carries, sealed. */
export type CertificatePayload = z.infer<typeof payloadSchema>;

export async function writeCertificateEnd(deps: MailDeps, job: Job): Promise<Letter | undefined> {
  const { certificate: id, to: given } = payloadSchema.parse(openPayload(deps.vault, job));
  const to = parseAddress(given);
  const certificate = await loadCertificate(deps.vault.keyring, deps.db, id);
  if (to === undefined || certificate?.row.state !== 'approved') return undefined;
  const { facts } = certificate;
  const brand = await getBrand(deps.db, DEFAULT_BRAND_ID, deps.orgName);
  const words = await wordsFor(deps, to);
  const hasEnded = facts.notAfter < isoNow(deps.vault.clock);
  return {
    from: '',
    to,
    mail: {
      from: { address: deps.mailFrom.address, name: brand.name },
      to: { address: to, name: '' },
      subject: words.say(hasEnded ? 'mail.certificate-subject-ended' : 'mail.certificate-subject-soon', {
        organisation: brand.name,
      }),
      mailId: ownMailId(job.id, deps.mailIdHost),
      date: new Date(deps.vault.clock.nowMs()),
      loopMark: deps.mailIdHost,
      ...writeMail(deps, 'certificate', brand, words, {
        hasEnded,
        address: facts.addresses[0] ?? facts.subject,
        endsAt: words.moment(new Date(facts.notAfter)),
        link: `${deps.publicUrl}/admin/certificates/${id}`,
      }),
    },
  };
}

// Owns the mail that tells an administrator what is wrong, and that it is over. What it tells of is asked of the rows when it is
// written: what is over by then needs no alarm, for the mail about its end says it all.

import { z } from 'zod';
import { alertWords } from '../alerts/alert-words.ts';
import type { Alert } from '../alerts/alert.ts';
import { loadAlerts } from '../alerts/alerts.store.ts';
import { DEFAULT_BRAND_ID, getBrand } from '../brands/brand.store.ts';
import { parseAddress } from '../core/address.ts';
import { wordsIn } from '../language/words.ts';
import { ownMailId } from '../mail/own-mail-id.ts';
import { openPayload } from '../outbox/outbox.store.ts';
import type { Job } from '../outbox/outbox.store.ts';
import type { Letter, MailDeps } from './mail-deps.ts';
import { writeMail } from './mail-deps.ts';

const payloadSchema = z.object({ to: z.string(), keys: z.array(z.string()), isOver: z.boolean() });

export async function writeAlert(deps: MailDeps, job: Job): Promise<Letter | undefined> {
  const { to: given, keys, isOver } = payloadSchema.parse(openPayload(deps.vault, job));
  const to = parseAddress(given);
  const all = await loadAlerts(deps.vault.keyring, deps.db, keys);
  const alerts = all.filter(({ overAt }) => (overAt !== undefined) === isOver);
  if (to === undefined || alerts.length === 0) return undefined;
  const brand = await getBrand(deps.db, DEFAULT_BRAND_ID, deps.orgName);
  const words = wordsIn('en');
  const heading = headingOf(alerts.length, isOver);
  return {
    from: '',
    to,
    mail: {
      from: { address: deps.mailFrom.address, name: brand.name },
      to: { address: to, name: '' },
      subject: `${brand.name}: ${heading.toLowerCase()}`,
      mailId: ownMailId(job.id, deps.mailIdHost),
      date: new Date(deps.vault.clock.nowMs()),
      loopMark: deps.mailIdHost,
      ...writeMail(deps, 'alert', brand, words, {
        heading,
        alerts: alerts.map((alert) => {
          const { says, cure } = alertWords(alert);
          return { says, when: whenWords(alert, (at) => words.moment(new Date(at))), cure: isOver ? '' : cure };
        }),
        link: `${deps.publicUrl}/admin/today`,
      }),
    },
  };
}

function headingOf(count: number, isOver: boolean): string {
  if (isOver) return count === 1 ? 'An alert is over' : `${count} alerts are over`;
  return count === 1 ? 'An alert' : `${count} alerts`;
}

function whenWords({ since, overAt }: Alert, words: (at: string) => string): string {
  return overAt === undefined ? `Since ${words(since)}.` : `It stood from ${words(since)} until ${words(overAt)}.`;
}

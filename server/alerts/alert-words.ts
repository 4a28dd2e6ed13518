// Owns how alerts are said to administrators: what is wrong, what to do, and the page where it shows. In English, as all of the
// console is. Pure.

import type { AlertKind, Finding } from './alert.ts';
import { isPartName, partWords } from './health-words.ts';

export interface AlertWords {
  /** One sentence. */
  readonly says: string;
  readonly cure: string;
  /** Below the portal's address. */
  readonly path: string;
}

export function alertWords({ kind, about, detail = '' }: Finding): AlertWords {
  return words[kind](about, detail);
}

const words: Readonly<Record<AlertKind, (about: string, detail: string) => AlertWords>> = {
  health: (about) => {
    const part = isPartName(about) ? partWords[about] : { words: about, bad: 'Does not work', cure: '' };
    return { says: `${part.words}: ${part.bad.toLowerCase()}.`, cure: part.cure, path: '/admin/today' };
  },
  'queue-late': (_, detail) => ({
    says: `The queue does not move: work that is due waits for more than ${detail}.`,
    cure: 'Look whether all servers run, and whether one of them has too much to do.',
    path: '/admin/queue',
  }),
  'relay-refuses': (_, detail) => ({
    says: `The relay refuses our sign-in${inBrackets(detail)}.`,
    cure: 'Look at name and password in RELAY_URL: on the command line, mail test. What waits is tried again by itself.',
    path: '/admin/queue',
  }),
  'relay-away': (_, detail) => ({
    says: `The relay takes no mail${inBrackets(detail)}.`,
    cure: 'Look whether RELAY_URL can be reached, and whether its certificate holds: on the command line, mail test. What waits is tried again by itself.',
    path: '/admin/queue',
  }),
  'domain-failing': (about, detail) => ({
    says: `Mail to ${about} fails${inBrackets(detail)}.`,
    cure: 'What waits is tried again by itself, and senders are told in the end. Ask the people who run that domain’s mail, or test it on the page of the connectors.',
    path: '/admin/connectors',
  }),
  'tls-weakened': (about, detail) => ({
    says: `The mail servers of ${about} prove less than they should: ${detail}.`,
    cure: 'Ask the partner whether they meant it before you change the connector. Until then mail goes by the portal where it cannot go safely.',
    path: '/admin/connectors',
  }),
  'certificate-ending': (about, detail) => ({
    says: `The S/MIME certificate for ${detail}.`,
    cure: 'Import the new one and approve it. What would be encrypted with one that has expired goes by the portal.',
    path: `/admin/certificates/${about}`,
  }),
  'own-tls-ending': (about, detail) => ({
    says: `The certificate of ${about} ${detail}.`,
    cure: 'Put a new one in its place. Whoever checks it does not talk to us once it has expired.',
    path: '/admin/settings',
  }),
  'inbound-ending': (about, detail) => ({
    says: `The client certificate by which ${about} hands in mail ${detail}.`,
    cure: 'Ask whoever runs it for the new one, and add its digest beside the old. With one that has expired nobody is known, and mail is refused.',
    path: '/admin/connectors/inbound',
  }),
  'key-old': (about, detail) => ({
    says: `The key that seals, ${about}, is ${detail} old.`,
    cure: 'Make a new one and bring everything under it: on the command line, keys add, then keys rewrap.',
    path: '/admin/settings',
  }),
  'dkim-broken': (about, detail) => ({
    says: `The DKIM record at ${about} ${detail}.`,
    cure: 'Publish the record of the key that signs, or name in DKIM_SELECTOR the one that is published. Others may take our mail for forged.',
    path: '/admin/settings',
  }),
  'webhook-off': (about, detail) => ({
    says: `A webhook has switched itself off: ${detail}.`,
    cure: 'See what its receiver answers, and switch it on again.',
    path: `/admin/webhooks/${about}`,
  }),
};

function inBrackets(detail: string): string {
  return detail === '' ? '' : ` (${detail})`;
}

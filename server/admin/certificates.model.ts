// Owns what the pages about certificates are given, in words for administrators.

import { isoTime } from '../core/clock.ts';
import type { CheckedCertificate } from '../certificates/inventory.ts';
import { algorithmWords, keyWords, roleWords } from '../smime/certificate-words.ts';
import { wordsIn } from '../language/words.ts';
import { moment } from '../render/moment.ts';
import type { CertificatePage, CertificateRow } from '../render/page-models/certificates.ts';
import type { StateView } from '../render/page-models/parts.ts';
import { faultWords } from '../smime/check-certificate.ts';
import type { CertificateFault } from '../smime/check-certificate.ts';

const english = wordsIn('en');

export function certificateRow(certificate: CheckedCertificate, path: string, nowMs: number): CertificateRow {
  const { row, facts, faults } = certificate;
  return {
    url: `${path}/${row.id}`,
    who: whoOf(certificate),
    role: roleWords[row.role],
    key: keyWords(facts),
    state: stateOf(certificate),
    ends: moment(facts.notAfter, nowMs, english),
    endsWord: facts.notAfter < isoTime(nowMs) ? 'Ended' : 'Ends',
    trouble: faults.map((fault) => shortWords[fault]).join(', '),
  };
}

export function certificatePage(
  certificate: CheckedCertificate,
  path: string,
  { problem, mayChange }: { readonly problem: string | undefined; readonly mayChange: boolean },
): CertificatePage {
  const { row, facts, card, faults } = certificate;
  const own = `${path}/${row.id}`;
  return {
    backUrl: path,
    who: whoOf(certificate),
    state: stateOf(certificate),
    facts: factsOf(certificate),
    faults: faults.map((fault) => faultWords[fault]),
    ...(problem === undefined ? {} : { problem }),
    ...(row.state === 'approved' || !mayChange ? {} : { approveUrl: `${own}/approve` }),
    ...(row.state === 'refused' || !mayChange ? {} : { refuseUrl: `${own}/refuse` }),
    ...(row.role === 'authority' || !mayChange
      ? {}
      : {
          settings: {
            action: `${own}/settings`,
            ciphers: ciphers.map((one) => ({ ...one, chosen: one.value === card.cipher })),
            isRsa: facts.key.type === 'rsa',
            allowsPkcs1: card.allowsPkcs1,
            canBeAsked: row.standing !== 'none',
            ignoresRevocation: card.ignoresRevocation,
          },
        }),
    ...(mayChange ? { removeUrl: `${own}/remove` } : {}),
    hasKey: row.hasKey,
  };
}

const ciphers = [
  { value: 'auto', words: 'As its owner’s program says it can read' },
  { value: 'gcm', words: 'AES-256-GCM: the program is known to read it' },
  { value: 'cbc', words: 'AES-256-CBC: the program is older' },
] as const;

function whoOf({ facts }: CheckedCertificate): string {
  return facts.addresses.join(', ') || facts.subject;
}

function stateOf({ row, faults }: CheckedCertificate): StateView {
  if (row.state === 'refused') return { words: 'Refused', tone: 'off' };
  if (row.state === 'offered') return { words: 'Waits for approval', tone: 'waiting' };
  return faults.length === 0 ? { words: 'In use', tone: 'good' } : { words: 'Not used', tone: 'bad' };
}

function factsOf(certificate: CheckedCertificate): CertificatePage['facts'] {
  const { row, facts, card } = certificate;
  return [
    {
      name: 'Whose',
      words: `${roleWords[row.role]}${card.origin === 'mail' ? ', from a mail that was signed with it' : ''}`,
    },
    { name: 'Addresses', words: facts.addresses.join(', ') || 'none' },
    { name: 'Subject', words: facts.subject },
    { name: 'Issuer', words: facts.issuer },
    { name: 'Valid', words: `${dayOf(facts.notBefore)} to ${dayOf(facts.notAfter)}` },
    { name: 'Key', words: keyWords(facts) },
    ...(row.role === 'authority' ? [] : [{ name: 'Encrypted with', words: algorithmWords(certificate) }]),
    ...(row.role === 'authority' ? [] : [{ name: 'Its authority says', words: standingWords(certificate) }]),
    ...(card.decidedBy === undefined
      ? []
      : [{ name: 'Decided', words: `by ${card.decidedBy}, ${dayOf(card.decidedAt ?? row.created_at)}` }]),
    { name: 'Last used', words: row.used_at === null ? 'never' : `${row.used_at.slice(0, 16).replace('T', ' ')} UTC` },
    { name: 'SHA-256', words: facts.fingerprint.replace(/(.{4})(?=.)/g, '$1 ') },
  ];
}

function standingWords({ row, card }: CheckedCertificate): string {
  if (card.ignoresRevocation) return 'It is not asked.';
  switch (row.standing) {
    case 'none':
      return 'The certificate names nobody who could be asked.';
    case 'unchecked':
      return 'It was not asked yet, or did not answer.';
    case 'revoked':
      return 'The certificate is revoked.';
    case 'good':
      return `It stands by it until ${row.standing_until?.slice(0, 16).replace('T', ' ') ?? ''} UTC.`;
  }
}

function dayOf(iso: string): string {
  return iso.slice(0, 10);
}

const shortWords: Readonly<Record<CertificateFault, string>> = {
  'not-yet-valid': 'not valid yet',
  expired: 'expired',
  'not-for-mail': 'not for mail',
  'not-for-encryption': 'not for encryption',
  'not-for-signing': 'not for signing',
  'weak-or-unknown-key': 'weak or unknown key',
  'no-address': 'no address',
  'no-trusted-chain': 'no trusted authority',
  'not-an-authority': 'not an authority’s',
  'no-private-key': 'no private key',
  revoked: 'revoked',
  'revocation-unknown': 'revocation not known',
};

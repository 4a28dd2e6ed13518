// Owns how a proof is written out for people, as the text of its PDF. It says what the signed statement says and nothing else.

import type { Words } from '../language/words.ts';
import { heldText } from '../viewing/text-pdf.ts';
import type { PdfText } from '../viewing/text-pdf.ts';
import type { Proof } from './proof.ts';
import type { Statement } from './proof-statement.ts';
import { transitWords } from './transit-words.ts';

/** `fingerprint`: of the signature, as `proof verify` says it. */
export function proofPdf(words: Words, { statement }: Proof, fingerprint: string): PdfText {
  const { message, protection, recipients } = statement;
  const facts: readonly (readonly [string, string])[] = [
    [words.say('proof.from'), mailbox(message.from)],
    [words.say('proof.subject'), message.subject],
    [words.say('proof.accepted'), at(message.acceptedAt)],
    [words.say('proof.message'), message.id],
    [words.say('proof.protection'), `${protection.name} (${protection.rights.join(', ')})`],
    [words.say('proof.ends'), protection.expiresAt === null ? '–' : at(protection.expiresAt)],
    [words.say('proof.made'), `${at(statement.madeAt)}, ${statement.madeFor}`],
    [words.say('proof.fingerprint'), fingerprint],
  ];
  const { held, isCut } = heldText(
    [
      words.say('proof.recipients'),
      ...recipients.map((one, n) =>
        [`${n + 1}. ${mailbox(one)}`, one.role, one.status, one.delivery]
          .filter((word) => word !== undefined)
          .join(' · '),
      ),
      '',
      words.say('proof.sent'),
      ...digests(message),
      '',
      ...transitLines(words, message),
      words.say('proof.events'),
      ...statement.events.map((event) => eventLine(event)),
    ].join('\n'),
  );
  return {
    title: words.say('proof.title'),
    language: words.language,
    facts: facts.map(([label, value]) => [label, heldText(value, 2_000).held] as const),
    notes: [words.say('proof.note')],
    text: held,
    ...(isCut ? { end: words.say('proof.cut') } : {}),
  };
}

function transitLines(words: Words, { transit }: Statement['message']): string[] {
  const said = transitWords(words, transit);
  return said.length === 0 ? [] : [words.say('sending.came-title'), ...said, ''];
}

function digests({ textSha256, htmlSha256, attachments }: Statement['message']): string[] {
  return [
    ...(textSha256 === undefined ? [] : [`text/plain  SHA-256 ${textSha256}`]),
    ...(htmlSha256 === undefined ? [] : [`text/html  SHA-256 ${htmlSha256}`]),
    ...attachments.map((file) => `${file.filename} (${file.sizeBytes})  SHA-256 ${file.sha256}`),
  ];
}

// Times, names of events and answers of relays stand as they are in the signed statement, so that both can be compared.
function eventLine({ at: moment, event, recipient, by, particulars }: Statement['events'][number]): string {
  const details = Object.entries(particulars).map(([name, value]) => `${name}: ${value}`);
  const who = [...(recipient === null ? [] : [`→ ${recipient + 1}`]), ...(by === undefined ? [] : [by])];
  return [at(moment), event, ...who, ...details].join('  ');
}

function mailbox({ name, address }: { readonly name: string; readonly address: string }): string {
  return `\u2068${name === '' ? address : `${name} <${address}>`}\u2069`;
}

function at(iso: string): string {
  return iso.replace('T', ' ').replace(/(?:\.\d+)?Z$/, ' UTC');
}

// Owns preparing a mail for the conditions of all rules: addresses in one spelling, headers by name, findings by what was
// looked for. Pure.

import { canonicalAddress, domainOf } from '../core/address.ts';
import type { Address } from '../core/address.ts';
import type { Seen } from '../detect/look.ts';
import { extensionOf, typesOfExtension } from '../files/types-by-name.ts';
import { decodeWords } from '../mail/encoded-words.ts';
import type { PolicyFrame } from './asks.ts';
import type { AttachmentFacts, Person, Situation } from './conditions/leaf.ts';
import type { MailToDecide } from './mail-to-decide.ts';
import { HeaderBook } from './signals/header-book.ts';
import type { Signs } from './signs.ts';

export function situationOf(
  mail: MailToDecide,
  frame: PolicyFrame,
  signs: Pick<Signs, 'label' | 'sensitivity'>,
): Situation {
  const seen = mail.seen ?? nothingSeen(frame);
  const hits = new Map(seen.hits.map((hit) => [`${hit.look} ${hit.source}`, hit]));
  const headers = new HeaderBook(mail.headers);
  const decoded = new Map<string, readonly string[]>();
  const ours = new Set(frame.orgDomains);
  return {
    nowMs: frame.nowMs,
    sender: person(mail.from),
    recipients: mail.recipients.map(person),
    fromOutside: mail.fromOutside,
    isOurs: ({ domain }) => ours.has(domain),
    subject: mail.subject,
    header: (name) => {
      const known = decoded.get(name) ?? headers.all(name).map(decodeWords);
      decoded.set(name, known);
      return known;
    },
    attachments: attachmentsOf(mail.parts, seen),
    innerFiles: innerFilesOf(seen),
    sizeBytes: mail.sizeBytes,
    label: signs.label,
    sensitivity: signs.sensitivity,
    hit: (look, source) => hits.get(`${look} ${source}`),
    unreadable: seen.unreadable,
  };
}

function attachmentsOf(parts: MailToDecide['parts'], { files = [] }: Seen): AttachmentFacts[] {
  const byBytes = new Map(files.filter(({ path }) => path.length === 0).map(({ part, types }) => [part, types]));
  return parts.map(({ n, filename, contentType, size }) => ({
    n,
    path: [],
    filename,
    types: [...new Set([contentType, ...(byBytes.get(n) ?? []), ...typesOfExtension(extensionOf(filename))])],
    sizeBytes: size,
  }));
}

function innerFilesOf({ files = [] }: Seen): AttachmentFacts[] {
  return files
    .filter(({ path }) => path.length > 0)
    .map(({ part, path, types, sizeBytes }) => {
      const filename = path.at(-1) ?? '';
      return {
        n: part,
        path,
        filename,
        types: [...new Set([...types, ...typesOfExtension(extensionOf(filename))])],
        sizeBytes,
      };
    });
}

// A mail that was not looked through must not pass for one in which nothing was found.
function nothingSeen({ policy }: PolicyFrame): Seen {
  if (policy.readsContent) throw new Error('a mail was to be decided before it was looked through');
  return { hits: [], unreadable: [] };
}

function person(address: Address): Person {
  return { address: canonicalAddress(address), domain: domainOf(address) };
}

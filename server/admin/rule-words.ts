// Owns what the form of a rule knows of the language of rules: every kind of condition and action, its fields, and their
// words. A kind that is not in these tables is shown as text.

import { detectorNames } from '../detect/look.ts';
import { sensitivities } from '../policy/conditions/signs.ts';
import { signInDemands } from '../core/proofs.ts';
import type { FieldShape } from './field-values.ts';

export interface PartShape {
  readonly words: string;
  readonly fields: readonly FieldShape[];
}

const people: FieldShape = {
  key: 'is',
  label: 'Addresses or domains',
  hint: 'One a line: bob@example.com, @example.com, or @*.example.com for each domain below it.',
  kind: 'lines',
};
const contains: FieldShape = {
  key: 'contains',
  label: 'Contains',
  hint: 'Whatever the case of its letters.',
  kind: 'text',
};
const matches: FieldShape = { key: 'matches', label: 'Or matches the pattern', hint: 'RE2 syntax.', kind: 'text' };
const atLeast: FieldShape = { key: 'atLeast', label: 'At least', kind: 'number', initial: '1' };
const sources: FieldShape = {
  key: 'in',
  label: 'Looked for in',
  kind: 'choices',
  options: ['subject', 'body', 'attachments'],
  initial: 'subject body attachments',
};
const bytes: FieldShape = { key: 'atLeastBytes', label: 'At least, in bytes', kind: 'number' };

export const conditionShapes: Readonly<Record<string, PartShape>> = {
  sender: { words: 'The sender is', fields: [people] },
  senderGroup: {
    words: 'The sender is of a group',
    fields: [{ key: '', label: 'Group', kind: 'choice', options: 'groups' }],
  },
  recipient: { words: 'The recipient is', fields: [people] },
  anyRecipient: { words: 'Any recipient is', fields: [people] },
  recipients: {
    words: 'The number of recipients',
    fields: [
      { key: 'atLeast', label: 'At least', kind: 'number' },
      { key: 'atMost', label: 'At most', kind: 'number' },
    ],
  },
  direction: {
    words: 'The direction is',
    fields: [
      {
        key: '',
        label: 'Direction',
        hint: 'out: to somebody outside. in: written by a reader in the portal. internal: to one of ours.',
        kind: 'choice',
        options: ['out', 'in', 'internal'],
        initial: 'out',
      },
    ],
  },
  subject: { words: 'The subject', fields: [contains, matches] },
  header: {
    words: 'A header',
    fields: [
      { key: 'name', label: 'Name', kind: 'text' },
      contains,
      matches,
      { key: 'present', label: 'Or is there, whatever it says', kind: 'flag' },
    ],
  },
  text: {
    words: 'The text',
    fields: [contains, matches, { ...sources, options: ['body', 'attachments'], initial: 'body attachments' }],
  },
  detector: {
    words: 'A detector finds',
    fields: [{ key: 'is', label: 'Detector', kind: 'choice', options: detectorNames }, atLeast, sources],
  },
  list: {
    words: 'Words of a list are found',
    fields: [{ key: 'is', label: 'List', kind: 'choice', options: 'lists' }, atLeast, sources],
  },
  unreadable: {
    words: 'A part cannot be read',
    fields: [
      {
        key: '',
        label: 'Because it is',
        kind: 'choices',
        options: ['encrypted', 'broken', 'too-large', 'too-slow', 'too-deep', 'unknown-kind'],
        initial: 'encrypted',
      },
    ],
  },
  attachment: {
    words: 'An attachment',
    fields: [
      { key: 'types', label: 'Of one of these types', hint: 'One a line: application/pdf, image/*.', kind: 'lines' },
      { key: 'extensions', label: 'Ending in one of these', hint: 'One a line: pdf, docx.', kind: 'lines' },
      bytes,
      { ...contains, key: 'name.contains', label: 'Whose name contains' },
      { ...matches, key: 'name.matches', label: 'Or whose name matches the pattern' },
    ],
  },
  size: { words: 'The size of the mail', fields: [bytes] },
  label: {
    words: 'The sensitivity label is',
    fields: [{ key: '', label: 'Label', hint: 'Its GUID, or any.', kind: 'text', initial: 'any' }],
  },
  sensitivity: {
    words: 'The Sensitivity header is',
    fields: [{ key: '', label: 'Sensitivity', kind: 'choice', options: sensitivities, initial: 'private' }],
  },
  time: {
    words: 'It is',
    fields: [
      {
        key: 'days',
        label: 'One of these days',
        kind: 'choices',
        options: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'],
      },
      { key: 'from', label: 'From', hint: 'Such as 18:00.', kind: 'text' },
      { key: 'to', label: 'To', kind: 'text' },
      { key: 'zone', label: 'Time zone', hint: 'Such as Europe/Berlin.', kind: 'text' },
    ],
  },
};

export const joinWords: Readonly<Record<string, string>> = {
  all: 'All of these hold',
  any: 'Any of these holds',
  none: 'None of these holds',
};

export const actionShapes: Readonly<Record<string, PartShape>> = {
  apply: {
    words: 'Protect by a template',
    fields: [{ key: '', label: 'Template', kind: 'choice', options: 'templates', initial: 'do-not-forward' }],
  },
  signIn: {
    words: 'Ask readers to prove',
    fields: [{ key: '', label: 'What they prove', kind: 'choices', options: [...signInDemands, 'phrase'] }],
  },
  expires: {
    words: 'End it',
    fields: [{ key: '', label: 'After, or on', hint: 'Such as 7d, 36h or 2027-01-31.', kind: 'text' }],
  },
  brand: { words: 'Use a brand', fields: [{ key: '', label: 'Brand', kind: 'choice', options: 'brands' }] },
  deliver: {
    words: 'Deliver by',
    fields: [{ key: '', label: 'Road', kind: 'choice', options: ['portal', 'tls', 'best'], initial: 'portal' }],
  },
  reviewer: {
    words: 'Send a copy to a reviewer',
    fields: [{ key: '', label: 'Address', kind: 'text' }],
  },
  hold: {
    words: 'Hold it for approval',
    fields: [
      {
        key: 'approvers',
        label: 'Approvers',
        hint: 'One address a line; any one of them may let it go.',
        kind: 'lines',
      },
    ],
  },
  bypass: {
    words: 'Let it pass the portal to a host',
    fields: [
      { key: 'host', label: 'Host', kind: 'text' },
      { key: 'port', label: 'Port', kind: 'number', initial: '25' },
    ],
  },
  refuse: {
    words: 'Refuse it',
    fields: [{ key: '', label: 'What the sender is told', kind: 'text' }],
  },
};

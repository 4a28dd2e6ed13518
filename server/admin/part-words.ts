// Owns what the forms of a template, of a word list and of a label have fields for, and their words.

import { rightsInOrder } from '../policy/protection.ts';
import { signInDemands } from '../core/proofs.ts';
import type { PartShape } from './rule-words.ts';

export const partSections = ['templates', 'lists', 'labels'] as const;
export type PartSection = (typeof partSections)[number];

export interface SectionShape extends PartShape {
  readonly one: string;
  readonly many: string;
  /** What its parts are told apart by, and how that field is called. */
  readonly key: 'name' | 'label';
  readonly keyLabel: string;
  readonly keyHint: string;
  readonly removal: string;
}

const NAMED = {
  key: 'name',
  keyLabel: 'Name',
  keyHint: 'Lower-case words joined by hyphens, by which rules and mails ask for it.',
  removal:
    'A new version of the policy is saved without it; that is refused while a rule or a label names it. An earlier version brings it back.',
} as const;

export const sectionShapes: Readonly<Record<PartSection, SectionShape>> = {
  templates: {
    ...NAMED,
    one: 'template',
    many: 'Templates',
    words: 'What it asks for',
    fields: [
      { key: 'title', label: 'Title', hint: 'How pages call it.', kind: 'text' },
      {
        key: 'rights',
        label: 'What recipients may do beyond reading',
        hint: 'Without download attachments can only be looked at.',
        kind: 'choices',
        options: rightsInOrder,
        always: true,
      },
      { key: 'expiry.days', label: 'Ends after days', hint: '0: never. Empty: like other messages.', kind: 'number' },
      { key: 'expiry.until', label: 'Or ends on', hint: 'Such as 2027-01-31.', kind: 'text' },
      { key: 'signIn', label: 'What readers prove', kind: 'choices', options: [...signInDemands, 'phrase'] },
      { key: 'brand', label: 'Brand', kind: 'choice', options: 'brands' },
      { key: 'deliver', label: 'Road', kind: 'choice', options: ['portal', 'tls', 'best'] },
      {
        key: 'reminderDays',
        label: 'Reminder, days before the last one',
        hint: '0: never. Empty: the brand’s.',
        kind: 'number',
      },
      { key: 'retentionDays', label: 'Kept after the last day, in days', kind: 'number' },
    ],
  },
  lists: {
    ...NAMED,
    one: 'word list',
    many: 'Word lists',
    words: 'What it finds',
    fields: [
      { key: 'words', label: 'Words', hint: 'One a line, whatever the case of their letters.', kind: 'lines' },
      { key: 'pattern', label: 'Or a pattern', hint: 'RE2 syntax.', kind: 'text' },
      { key: 'ignoreCase', label: 'The pattern holds whatever the case of letters', kind: 'flag' },
    ],
  },
  labels: {
    one: 'label',
    many: 'Labels',
    words: 'What it stands for',
    key: 'label',
    keyLabel: 'Id of the label',
    keyHint:
      'The GUID under which Microsoft Purview lists it. Labels count once the policy’s text names your tenant under “labels”.',
    removal:
      'A new version of the policy is saved without it: one mail or a thousand that carry this one label, from then on it asks for nothing. An earlier version brings it back.',
    fields: [
      { key: 'title', label: 'Title', hint: 'How reasons call it. Empty: by its id.', kind: 'text' },
      { key: 'template', label: 'Protection', kind: 'choice', options: 'templates' },
    ],
  },
};

export function partSectionIn(text: unknown): PartSection | undefined {
  return partSections.find((section) => section === text);
}

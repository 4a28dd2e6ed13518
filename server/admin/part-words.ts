// Owns what the form of a template or of a word list has fields for, and their words.

import { rightsInOrder } from '../policy/protection.ts';
import { signInDemands } from '../core/proofs.ts';
import type { PartShape } from './rule-words.ts';

export const partSections = ['templates', 'lists'] as const;
export type PartSection = (typeof partSections)[number];

export const sectionShapes: Readonly<Record<PartSection, PartShape & { readonly one: string; readonly many: string }>> =
  {
    templates: {
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
      one: 'word list',
      many: 'Word lists',
      words: 'What it finds',
      fields: [
        { key: 'words', label: 'Words', hint: 'One a line, whatever the case of their letters.', kind: 'lines' },
        { key: 'pattern', label: 'Or a pattern', hint: 'RE2 syntax.', kind: 'text' },
        { key: 'ignoreCase', label: 'The pattern holds whatever the case of letters', kind: 'flag' },
      ],
    },
  };

export function partSectionIn(text: unknown): PartSection | undefined {
  return partSections.find((section) => section === text);
}

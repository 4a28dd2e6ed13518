// Owns the protections and the roads of the matrix: what each protection grants and demands, and how each road asks for it.

import { compilePolicy } from '../../server/policy/policy.ts';
import type { Policy } from '../../server/policy/policy.ts';
import { parsePolicyDocument } from '../../server/policy/document.ts';
import { TENANT } from '../policy/documents.ts';

export const ALL_RIGHTS = ['reply', 'reply-all', 'forward', 'print', 'copy', 'download'] as const;
export const PHRASE = 'Correct Horse Battery';

export type Right = (typeof ALL_RIGHTS)[number];

export interface TriedProtection {
  readonly name: string;
  readonly rights: readonly Right[];
  readonly days?: number;
  readonly signIn?: 'passkey' | 'phrase';
  /** The subject's tag, where it is no template. */
  readonly tag?: string;
}

const without = (...withheld: readonly Right[]): Right[] => ALL_RIGHTS.filter((right) => !withheld.includes(right));

const builtIn: readonly TriedProtection[] = [
  { name: 'encrypt-only', rights: ALL_RIGHTS, tag: '[encrypt]' },
  { name: 'do-not-forward', rights: ['reply', 'reply-all'], tag: '[dnf]' },
];
const templates: readonly TriedProtection[] = [
  { name: 'view-only', rights: [] },
  { name: 'no-reply', rights: without('reply', 'reply-all') },
  { name: 'author-only', rights: without('reply-all') },
  { name: 'no-forward', rights: without('forward') },
  { name: 'no-print', rights: without('print') },
  { name: 'no-copy', rights: without('copy') },
  { name: 'no-download', rights: without('download') },
  { name: 'short', rights: ALL_RIGHTS, days: 1 },
  { name: 'by-passkey', rights: ALL_RIGHTS, signIn: 'passkey' },
  { name: 'by-phrase', rights: ALL_RIGHTS, signIn: 'phrase' },
];
export const protections: readonly TriedProtection[] = [...builtIn, ...templates];

/** What a road puts into the submission to ask for the protection. */
export interface Asking {
  readonly headers?: readonly string[];
  readonly subject?: string;
  /** Of the API's call, which then takes the mail in. */
  readonly fields?: Readonly<Record<string, string>>;
  /** Of the form in the portal. */
  readonly form?: Readonly<Record<string, string>>;
}

export const roads: readonly (readonly [road: string, ask: (one: TriedProtection) => Asking])[] = [
  ['SMTP header', ({ name }) => ({ headers: [`X-Sealpost-Protection: ${name}`] })],
  ['tag', ({ name, tag = `[${name}]` }) => ({ subject: tag })],
  [
    'label',
    (one) => ({
      headers: [`msip_labels: MSIP_Label_${labelOf(one)}_Enabled=true; MSIP_Label_${labelOf(one)}_SiteId=${TENANT}`],
    }),
  ],
  [
    'REST',
    ({ name, signIn }) => ({ fields: { protection: name, ...(signIn === 'phrase' ? { accessPhrase: PHRASE } : {}) } }),
  ],
  ['compose', ({ name, signIn }) => ({ form: { protection: name, phrase: signIn === 'phrase' ? PHRASE : '' } })],
];

/** Every template by its name, by a label, and by a tag of the organisation's own, which a rule reads. */
export const matrixPolicy: Policy = compilePolicy(
  parsePolicyDocument(
    {
      format: 1,
      templates: templates.map(({ name, rights, days, signIn }) => ({
        name,
        title: `Title of ${name}`,
        rights,
        ...(days === undefined ? {} : { expiry: { days } }),
        ...(signIn === undefined ? {} : { signIn: [signIn] }),
      })),
      labels: {
        tenant: TENANT,
        map: protections.map((one) => ({ label: labelOf(one), title: one.name, template: one.name })),
      },
      rules: templates.map(({ name }) => ({
        id: name,
        name,
        when: { subject: { contains: `[${name}]` } },
        then: [{ apply: name }],
      })),
    },
    { brands: ['default'] },
  ),
);

function labelOf(one: TriedProtection): string {
  return `00000000-0000-4000-8000-${String(protections.indexOf(one)).padStart(12, '0')}`;
}

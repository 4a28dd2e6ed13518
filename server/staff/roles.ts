// Owns what each role may do: one table, role by capability. Pure. What is not in it nobody may.

/** A person has one of these, or none. */
export const roles = ['administrator', 'auditor', 'help-desk', 'approver'] as const;
export type Role = (typeof roles)[number];

/** What a page, a call or a form of the console needs. */
export const capabilities = [
  'branding:read',
  'branding:write',
  'policy:read',
  'policy:try',
  'policy:write',
  'certificates:read',
  'certificates:write',
  'people:read',
  'people:write',
  'audit:read',
  'figures:read',
  'reports:read',
  'queue:read',
  'queue:write',
  'api-keys:read',
  'api-keys:write',
  'settings:read',
  'settings:try',
  'webhooks:read',
  'webhooks:write',
  'notices:resend',
  'addresses:unlock',
  'held:answer',
] as const;
export type Capability = (typeof capabilities)[number];

const table: Readonly<Record<Role, readonly Capability[]>> = {
  // Runs the place; to read what is held somebody has to be made an approver.
  administrator: [
    'branding:read',
    'branding:write',
    'policy:read',
    'policy:try',
    'policy:write',
    'certificates:read',
    'certificates:write',
    'people:read',
    'people:write',
    'audit:read',
    'figures:read',
    'reports:read',
    'queue:read',
    'queue:write',
    'api-keys:read',
    'api-keys:write',
    'settings:read',
    'settings:try',
    'webhooks:read',
    'webhooks:write',
    'notices:resend',
    'addresses:unlock',
  ],
  // Reads everything in the console, changes nothing, reads no message.
  auditor: [
    'branding:read',
    'policy:read',
    'certificates:read',
    'people:read',
    'audit:read',
    'figures:read',
    'reports:read',
    'queue:read',
    'api-keys:read',
    'settings:read',
    'webhooks:read',
  ],
  'help-desk': ['notices:resend', 'addresses:unlock'],
  // Stands in for every approver that a rule names.
  approver: ['held:answer'],
};

/** How pages and the command line call a role, and what it means. */
export const roleWords: Readonly<Record<Role, { readonly name: string; readonly means: string }>> = {
  administrator: {
    name: 'Administrator',
    means: 'Changes everything in the console. Reads no message.',
  },
  auditor: { name: 'Auditor', means: 'Reads everything in the console, changes nothing. Reads no message.' },
  'help-desk': {
    name: 'Help desk',
    means: 'Sends notices once more and unlocks addresses. Reads no message.',
  },
  approver: {
    name: 'Approver',
    means: 'Reads and answers every message that a rule holds, whoever the rule names.',
  },
};

export function may(role: Role | undefined, capability: Capability): boolean {
  return role !== undefined && table[role].includes(capability);
}

export function parseRole(text: unknown): Role | undefined {
  return roles.find((one) => one === text);
}

// Owns what the page of people is given.

import type { Site } from '../http/site.ts';
import type { PolicyFaults } from '../policy/document-faults.ts';
import { faultLine } from '../core/document-faults.ts';
import { fieldsOf } from '../policy/document-fields.ts';
import type { PeoplePage } from '../render/page-models/people.ts';
import { roleWords, roles } from '../staff/roles.ts';
import type { Role } from '../staff/roles.ts';
import type { StoredRoster } from '../staff/staff.store.ts';
import type { StoredVersion } from '../rulebook/policies.store.ts';

/** What somebody typed that was not saved, and why. */
export interface Typed {
  readonly address?: string;
  readonly role?: Role;
  readonly mailbox?: string;
  readonly delegates?: string;
  readonly group?: string;
  readonly members?: string;
  readonly problem?: string;
  /** Somebody else saved meanwhile. */
  readonly overtaken?: boolean;
}

export interface GroupView {
  readonly name: string;
  readonly members: readonly string[];
}

export function peoplePage(
  { admins }: Site,
  path: string,
  { version, roster }: StoredRoster,
  policy: StoredVersion,
  { mayChange, ...typed }: Typed & { readonly mayChange: boolean },
): PeoplePage {
  return {
    version,
    policyVersion: policy.version,
    mayChange,
    roles: roles.map((role) => ({ role, ...roleWords[role] })),
    staff: [
      ...admins.map((address) => ({ address, roleName: roleWords.administrator.name, choices: [] })),
      ...roster.staff.map(({ address, role }) => ({
        address,
        roleName: roleWords[role].name,
        choices: choicesOf(role),
      })),
    ],
    mailboxes: roster.mailboxes.map(({ address, delegates }) => ({ address, delegates })),
    groups: groupsIn(policy),
    staffAction: `${path}/staff`,
    staffRemoveAction: `${path}/staff/remove`,
    mailboxAction: `${path}/mailboxes`,
    mailboxRemoveAction: `${path}/mailboxes/remove`,
    groupAction: `${path}/groups`,
    groupRemoveAction: `${path}/groups/remove`,
    typed: {
      address: typed.address ?? '',
      choices: choicesOf(typed.role ?? 'auditor'),
      mailbox: typed.mailbox ?? '',
      delegates: typed.delegates ?? '',
      group: typed.group ?? '',
      members: typed.members ?? '',
    },
    ...(typed.overtaken === true ? { overtaken: true } : {}),
    ...(typed.problem === undefined ? {} : { problem: typed.problem }),
  };
}

/** Those of the policy as it was saved. */
export function groupsIn({ value }: Pick<StoredVersion, 'value'>): GroupView[] {
  const { groups } = fieldsOf(value);
  if (!Array.isArray(groups)) return [];
  return groups.flatMap((group: unknown): GroupView[] => {
    const { name, members } = fieldsOf(group);
    if (typeof name !== 'string' || !Array.isArray(members)) return [];
    return [{ name, members: members.filter((one): one is string => typeof one === 'string') }];
  });
}

/** The faults of a policy in one paragraph. */
export function faultWords({ faults }: PolicyFaults): string {
  return `Nothing was saved. ${faults.map(faultLine).join('. ')}.`;
}

/** As people write lists: by lines, commas, semicolons or blanks. */
export function splitAddresses(text: string): string[] {
  return text.split(/[\s,;]+/).filter((one) => one !== '');
}

function choicesOf(chosen: Role): PeoplePage['typed']['choices'] {
  return roles.map((role) => ({ value: role, label: roleWords[role].name, chosen: role === chosen }));
}

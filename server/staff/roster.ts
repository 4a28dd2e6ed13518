// Owns the roster: who has which role, and which shared mailboxes there are with whom as delegates. Pure: it checks what
// is to be saved and says what one roster changes in another. It knows no page and no row.

import { z } from 'zod';
import { canonicalAddress, domainOf, parseAddress } from '../core/address.ts';
import type { Address } from '../core/address.ts';
import { AppError } from '../core/errors.ts';
import { roles } from './roles.ts';
import type { Role } from './roles.ts';

export const rosterLimits = { staffMax: 1_000, mailboxesMax: 500, delegatesMax: 200 } as const;

const address = z.string().max(254);

/** The form, the call and the record alike. */
export const rosterShape = z.strictObject({
  staff: z.array(z.strictObject({ address, role: z.enum(roles) })).max(rosterLimits.staffMax),
  mailboxes: z
    .array(z.strictObject({ address, delegates: z.array(address).max(rosterLimits.delegatesMax) }))
    .max(rosterLimits.mailboxesMax),
});

export interface WrittenRoster {
  readonly staff: readonly { readonly address: string; readonly role: Role }[];
  readonly mailboxes: readonly { readonly address: string; readonly delegates: readonly string[] }[];
}

export interface StaffMember {
  readonly address: Address;
  readonly role: Role;
}

export interface SharedMailbox {
  readonly address: Address;
  readonly delegates: readonly Address[];
}

export interface Roster {
  readonly staff: readonly StaffMember[];
  readonly mailboxes: readonly SharedMailbox[];
}

export const emptyRoster: Roster = { staff: [], mailboxes: [] };

export interface Surroundings {
  readonly orgDomains: readonly string[];
  /** ADMINS: administrators by the settings, whatever stands here. */
  readonly admins: readonly Address[];
}

/** What somebody wrote as a roster, each once and in order. Throws request/malformed, saying what has to be mended. */
export function parseRoster(written: WrittenRoster, around: Surroundings): Roster {
  checkSizes(written);
  const staff = written.staff.map(({ address: text, role }) => ({ address: own(text, around), role }));
  checkOnce(staff, 'stands twice among the staff');
  for (const { address: one } of staff) {
    if (isNamed(around.admins, one)) throw wrong(`${one} is an administrator by the setting ADMINS.`);
  }
  const mailboxes = written.mailboxes.map((mailbox) => {
    const delegates = mailbox.delegates.map((text) => ({ address: own(text, around) }));
    const shared = own(mailbox.address, around);
    checkOnce(delegates, `is named twice as a delegate of ${shared}`);
    return { address: shared, delegates: sorted(delegates).map((delegate) => delegate.address) };
  });
  checkOnce(mailboxes, 'stands twice among the mailboxes');
  return { staff: sorted(staff), mailboxes: sorted(mailboxes) };
}

// What is more than rosterShape takes could be saved, and never be read again.
function checkSizes({ staff, mailboxes }: WrittenRoster): void {
  const { staffMax, mailboxesMax, delegatesMax } = rosterLimits;
  if (staff.length > staffMax) throw wrong(`At most ${staffMax} people can have a role.`);
  if (mailboxes.length > mailboxesMax) throw wrong(`At most ${mailboxesMax} mailboxes can be shared.`);
  for (const { address: mailbox, delegates } of mailboxes) {
    if (delegates.length > delegatesMax) throw wrong(`${mailbox} can have at most ${delegatesMax} delegates.`);
  }
}

/** One difference between two rosters, as the audit has it. */
export interface RosterChange {
  readonly event: 'staff-changed' | 'delegates-changed';
  readonly details: Readonly<Record<string, string>>;
}

export function rosterChanges(from: Roster, to: Roster): RosterChange[] {
  const [before, after] = [rolesIn(from), rolesIn(to)];
  const staff = [...new Set([...before.keys(), ...after.keys()])].flatMap((person): RosterChange[] => {
    const [was, is] = [before.get(person) ?? 'none', after.get(person) ?? 'none'];
    return was === is ? [] : [{ event: 'staff-changed', details: { person, from: was, to: is } }];
  });
  const [had, has] = [delegatesIn(from), delegatesIn(to)];
  const mailboxes = [...new Set([...had.keys(), ...has.keys()])].flatMap((mailbox): RosterChange[] => {
    const [was, is] = [had.get(mailbox) ?? 'no mailbox', has.get(mailbox) ?? 'no mailbox'];
    return was === is ? [] : [{ event: 'delegates-changed', details: { mailbox, from: was, to: is } }];
  });
  return [...staff, ...mailboxes];
}

/** What somebody may do here by roster and settings. */
export interface Standing {
  readonly role: Role | undefined;
  /** Shared mailboxes they are a delegate of. */
  readonly mailboxes: readonly Address[];
}

export const noStanding: Standing = { role: undefined, mailboxes: [] };

/** Nobody outside the organisation has any: an address that left its domains must not go on by an old entry. */
export function standingOf(roster: Roster, person: Address, { orgDomains, admins }: Surroundings): Standing {
  if (!orgDomains.includes(domainOf(person))) return noStanding;
  const entry = roster.staff.find((one) => isSame(one.address, person));
  const role = isNamed(admins, person) ? 'administrator' : entry?.role;
  const shared = roster.mailboxes.filter(
    ({ address: mailbox, delegates }) => orgDomains.includes(domainOf(mailbox)) && isNamed(delegates, person),
  );
  return { role, mailboxes: shared.map((mailbox) => mailbox.address) };
}

export function isSame(one: Address, other: Address): boolean {
  return canonicalAddress(one) === canonicalAddress(other);
}

export function isNamed(list: readonly Address[], person: Address): boolean {
  return list.some((one) => isSame(one, person));
}

function own(text: string, { orgDomains }: Surroundings): Address {
  const found = parseAddress(text.trim());
  if (found === undefined) throw wrong(`“${text.trim()}” is not a mail address.`);
  if (!orgDomains.includes(domainOf(found))) throw wrong(`${found} is not of the organisation, see ORG_DOMAINS.`);
  return found;
}

function checkOnce(list: readonly { readonly address: Address }[], says: string): void {
  const seen = new Set<string>();
  for (const { address: one } of list) {
    if (seen.has(canonicalAddress(one))) throw wrong(`${one} ${says}.`);
    seen.add(canonicalAddress(one));
  }
}

function sorted<T extends { readonly address: Address }>(list: readonly T[]): T[] {
  const key = ({ address: one }: T): string => canonicalAddress(one);
  return list.toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
}

function rolesIn(roster: Roster): Map<string, string> {
  return new Map(roster.staff.map((one) => [canonicalAddress(one.address), one.role]));
}

function delegatesIn(roster: Roster): Map<string, string> {
  return new Map(
    roster.mailboxes.map((one) => [
      canonicalAddress(one.address),
      one.delegates.map(canonicalAddress).join(', ') || 'no delegates',
    ]),
  );
}

function wrong(sentence: string): AppError {
  return new AppError('request/malformed', sentence);
}

// Owns the pieces of which the pages about people and their second factor are made.

import type { HelpDeskPage, PeoplePage, RemovalPage } from '../../server/render/page-models/people.ts';
import type { SecondStepPage } from '../../server/render/page-models/signing-in.ts';
import { qrPicture } from '../../server/render/qr-picture.ts';
import { roleWords, roles } from '../../server/staff/roles.ts';
import type { Role } from '../../server/staff/roles.ts';
import { admin, hostile, longAddress, longWord } from './fixture-people.ts';

const link =
  'otpauth://totp/Example%20Ltd:admin%40example.com?secret=TQNONAFIJF6BA3O5CICZTYI7ET4WKEL5&issuer=Example%20Ltd';
const nextUrl = '/sign-in';

export const askNumber: SecondStepPage = {
  ask: { action: '/sign-in/second-step', recoveryAction: '/sign-in/second-step/recovery' },
  ways: {
    accounts: [{ label: 'Example Ltd', action: '/sign-in/oidc/staff' }],
    passkey: { action: '/sign-in/passkey', optionsUrl: '/sign-in/passkey/options' },
  },
  nextUrl,
};
export const setUpApp: SecondStepPage = {
  enrol: {
    action: '/sign-in/second-step/app',
    secret: 'TQNO NAFI JF6B A3O5 CICZ TYI7 ET4W KEL5',
    link,
    picture: qrPicture(link),
  },
  nextUrl,
};
export const elsewhere: SecondStepPage = {
  elsewhere: true,
  ...(askNumber.ways === undefined ? {} : { ways: askNumber.ways }),
  nextUrl,
};
export const allSet: SecondStepPage = { set: { left: 9, renewAction: '/sign-in/second-step/codes' }, nextUrl };
export const recoveryCodes: SecondStepPage = {
  codes: Array.from({ length: 10 }, (_, n) => `${n}k3v-9d2m-xq7w-4h8${n}`),
  nextUrl,
};

const path = '/admin/people';
const choices = (chosen: Role) =>
  roles.map((role) => ({ value: role, label: roleWords[role].name, chosen: role === chosen }));

export const peopleEmpty: PeoplePage = {
  version: 0,
  policyVersion: 0,
  mayChange: true,
  roles: roles.map((role) => ({ role, ...roleWords[role] })),
  staff: [{ address: admin.address, roleName: 'Administrator', choices: [] }],
  mailboxes: [],
  groups: [],
  staffAction: `${path}/staff`,
  staffRemoveAction: `${path}/staff/remove`,
  mailboxAction: `${path}/mailboxes`,
  mailboxRemoveAction: `${path}/mailboxes/remove`,
  groupAction: `${path}/groups`,
  groupRemoveAction: `${path}/groups/remove`,
  typed: { address: '', choices: choices('auditor'), mailbox: '', delegates: '', group: '', members: '' },
};

export const people: PeoplePage = {
  ...peopleEmpty,
  version: 7,
  policyVersion: 3,
  staff: [
    ...peopleEmpty.staff,
    { address: 'audrey.books@example.com', roleName: 'Auditor', choices: choices('auditor') },
    { address: 'helga@example.com', roleName: 'Help desk', choices: choices('help-desk') },
    { address: longAddress, roleName: 'Approver', choices: choices('approver') },
  ],
  mailboxes: [
    { address: 'claims@example.com', delegates: ['dora@example.com', 'emil@example.com'] },
    { address: longAddress, delegates: [] },
  ],
  groups: [{ name: 'legal', members: ['alice@example.com', '@law.example.com', '@*.law.example.com'] }],
};

export const peopleOvertaken: PeoplePage = {
  ...people,
  overtaken: true,
  problem: 'Somebody else changed the people meanwhile.',
  typed: { ...people.typed, address: 'second@example.com' },
};

/** Of an attribute: a link in it would be nothing new. */
export const hostileField = hostile.replace(/ javascript:.*/, '');

export const peopleHostile: PeoplePage = {
  ...people,
  problem: `“${hostile}” is not a mail address.`,
  typed: {
    address: hostileField,
    choices: choices('approver'),
    mailbox: hostileField,
    delegates: hostileField,
    group: longWord,
    members: hostileField,
  },
};

export const removal: RemovalPage = {
  rest: 'Leave it as it is',
  heading: `Share ${longAddress} no longer?`,
  means: 'All 3 delegates stop seeing what it sent and acting for it. Its messages stay as they are, and are its own.',
  label: 'Share it no longer',
  action: `${path}/mailboxes/remove`,
  backUrl: path,
  backLabel: 'People',
  fields: [{ name: 'version', value: '7' }],
};

export const helpDesk: HelpDeskPage = {
  noticesAction: '/admin/help-desk/notices',
  unlockAction: '/admin/help-desk/unlock',
  mayResend: true,
  mayUnlock: true,
  address: '',
};

// Owns the summary of what laws and standards ask of a system that carries confidential messages: each requirement in short words
// of our own with its paragraph, the control here, and the evidence. Pure. It is no legal advice and no attestation.

import * as says from './compliance-evidence.ts';
import type { Shown } from './compliance-evidence.ts';
import type { Evidence } from './evidence.ts';
import type { Finding, Report, ReportSection } from './report.ts';

type Row = readonly [paragraph: string, requirement: string, control: string, shown: Shown];

export function compliance(evidence: Evidence, madeAt: string): Report {
  return {
    kind: 'compliance',
    title: 'Compliance summary',
    about: [
      'What four bodies of rules ask of a system that carries confidential messages, what this installation does about it, and what was read from it when this was made.',
      'It covers what a message portal can answer for and is no attestation: the requirements are shortened, the texts themselves count, and what is marked as your own duty no program can do.',
    ],
    madeAt,
    facts: [
      ['Counts of events', `the last ${evidence.days} days`],
      ['Mode', evidence.settings.tryOut ? 'try-out: not for real messages' : 'production'],
    ],
    sections: [
      section(
        'hipaa',
        'HIPAA Security Rule (45 CFR Part 164, Subpart C)',
        'United States, health information.',
        hipaa(evidence),
      ),
      section(
        'pci-dss',
        'PCI DSS 4.0.1',
        'Payment cards. Whether this system is in scope at all, you decide.',
        pciDss(evidence),
      ),
      section(
        'glba',
        'GLBA Safeguards Rule (16 CFR Part 314)',
        'United States, financial institutions.',
        glba(evidence),
      ),
      section('gdpr', 'GDPR (Regulation (EU) 2016/679)', 'European Union, personal data.', gdpr(evidence)),
    ],
  };
}

function section(id: string, title: string, means: string, rows: readonly Row[]): ReportSection {
  return { id, title, means, findings: rows.map(finding) };
}

function finding([paragraph, requirement, control, { state, evidence }]: Row): Finding {
  return { subject: paragraph, words: requirement, control, state, evidence };
}

const ROLES = 'Roles in one table, default deny';
const SEALING = 'Envelope encryption of every message';
const CHAIN = 'Audit log with a hash chain and signed checkpoints';
const NONE = 'None here';

function hipaa(evidence: Evidence): Row[] {
  return [
    [
      '§ 164.308(a)(1)(ii)(D)',
      'Go through records of system activity regularly.',
      CHAIN,
      says.duty('The log can be filtered, followed and exported; going through it is yours.'),
    ],
    [
      '§ 164.308(a)(5)(ii)(C)',
      'Watch sign-ins and tell of discrepancies.',
      'Refused sign-ins counted, limited and logged',
      says.failedSignIns(evidence),
    ],
    [
      '§ 164.308(a)(7)(ii)(A)',
      'Keep copies from which the information can be had again.',
      'The commands “backup” and “restore”',
      says.duty('Nothing here knows whether backups are made and tried.'),
    ],
    [
      '§ 164.308(b)(1)',
      'Have contracts with business associates.',
      NONE,
      says.duty('This installation runs on your own machines; relay, S3 and syslog providers may be associates.'),
    ],
    ['§ 164.312(a)(1)', 'Let only those in who were given the right.', ROLES, says.leastRights(evidence)],
    ['§ 164.312(a)(2)(i)', 'Give each user a name of their own.', 'Sign-in by mail address', says.ownNames(evidence)],
    ['§ 164.312(a)(2)(iii)', 'End sessions that are not used.', 'Idle limit of sessions', says.idleEnd(evidence)],
    ['§ 164.312(a)(2)(iv)', 'Encrypt what is stored (addressable).', SEALING, says.encryptedAtRest(evidence)],
    ['§ 164.312(b)', 'Record what happens in the system.', CHAIN, says.auditKept(evidence)],
    [
      '§ 164.312(c)(1)',
      'Keep information from being altered or destroyed without right.',
      'Authenticated encryption; tombstones; hash chain',
      says.auditWhole(evidence),
    ],
    [
      '§ 164.312(d)',
      'Verify that people are who they say.',
      'Codes, accounts, passkeys, second factor',
      says.secondFactor(evidence),
    ],
    [
      '§ 164.312(e)(1), (e)(2)(ii)',
      'Guard and encrypt information on its way.',
      'HTTPS and TLS',
      says.encryptedOnItsWay(evidence),
    ],
    ['§ 164.316(b)(2)(i)', 'Keep required documentation for six years.', CHAIN, says.auditDays(evidence, 2_192)],
  ];
}

function pciDss(evidence: Evidence): Row[] {
  return [
    [
      '3.2.1',
      'Store account data only as long as it is needed.',
      'Last days and destruction of messages',
      says.keptAndEnded(evidence),
    ],
    ['3.5.1', 'Make stored card numbers unreadable.', SEALING, says.encryptedAtRest(evidence)],
    [
      '3.7.4',
      'Change keys at the end of their time.',
      'The command “keys”, rewrapping in the background',
      says.keyLife(evidence),
    ],
    ['4.2.1', 'Use strong cryptography over open, public networks.', 'HTTPS and TLS', says.encryptedOnItsWay(evidence)],
    [
      '4.2.2',
      'Secure card numbers that are sent by end-user messaging.',
      'Rules with detectors for payment cards',
      says.byDefault(evidence),
    ],
    ['7.2.1, 7.2.2', 'Give rights by what a job needs, and the least of them.', ROLES, says.leastRights(evidence)],
    [
      '7.2.4',
      'Review accounts and rights every six months.',
      'The review of the policy',
      says.duty('The quarterly review lists people with rights who did not sign in, and keys nobody uses.'),
    ],
    ['8.2.1', 'Give each user an id of their own.', 'Sign-in by mail address', says.ownNames(evidence)],
    ['8.2.8', 'Ask again after 15 minutes without use.', 'Idle limit of sessions', says.idleEnd(evidence, 15)],
    [
      '8.4.1',
      'Ask administrators for several factors.',
      'Second factor of everybody with a role',
      says.secondFactor(evidence),
    ],
    ['10.2.1', 'Keep audit logs of access and of what administrators do.', CHAIN, says.auditKept(evidence)],
    ['10.3.2, 10.3.4', 'Keep the log from being changed, and notice it when it is.', CHAIN, says.auditWhole(evidence)],
    [
      '10.4.1',
      'Look through the log every day.',
      CHAIN,
      says.duty('Entries can be streamed to a log collector; looking is yours.'),
    ],
    ['10.5.1', 'Keep the log for twelve months.', CHAIN, says.auditDays(evidence, 365)],
    ['12.10.1', 'Have a plan for incidents.', NONE, says.duty('Taking back and destroying messages are tools for it.')],
  ];
}

function glba(evidence: Evidence): Row[] {
  return [
    ['§ 314.4(a)', 'Name a person who answers for the program.', NONE, says.duty('No program can.')],
    [
      '§ 314.4(b)',
      'Assess the risks in writing.',
      NONE,
      says.duty('docs/threats.md tells what is guarded against, and what is not.'),
    ],
    ['§ 314.4(c)(1)', 'Control who has access, and review it.', ROLES, says.leastRights(evidence)],
    [
      '§ 314.4(c)(3)',
      'Encrypt customer information, stored and on its way.',
      `${SEALING}; HTTPS and TLS`,
      both(says.encryptedAtRest(evidence), says.encryptedOnItsWay(evidence)),
    ],
    [
      '§ 314.4(c)(5)',
      'Ask whoever has access for several factors.',
      'Second factor of everybody with a role',
      says.secondFactor(evidence),
    ],
    [
      '§ 314.4(c)(6)',
      'Dispose of customer information in time, at the latest two years after its last use.',
      'Last days and destruction of messages',
      says.keptAndEnded(evidence),
    ],
    ['§ 314.4(c)(7)', 'Manage changes.', 'Versions of policy and brands', says.changes(evidence)],
    ['§ 314.4(c)(8)', 'Log what authorised users do, and notice misuse.', CHAIN, says.auditKept(evidence)],
    [
      '§ 314.4(d)',
      'Test the safeguards regularly.',
      'The commands “doctor” and “audit verify”',
      says.duty('Penetration tests and vulnerability scans are yours.'),
    ],
    [
      '§ 314.4(h)',
      'Have a written plan for incidents.',
      NONE,
      says.duty('Taking back and destroying messages are tools for it.'),
    ],
  ];
}

function gdpr(evidence: Evidence): Row[] {
  return [
    [
      'Art. 5(1)(e)',
      'Keep personal data no longer than needed.',
      'Last days and destruction of messages',
      says.keptAndEnded(evidence),
    ],
    [
      'Art. 5(1)(f), 32(1)(a)',
      'Keep it confidential; encrypt where it fits.',
      `${SEALING}; HTTPS and TLS`,
      both(says.encryptedAtRest(evidence), says.encryptedOnItsWay(evidence)),
    ],
    ['Art. 5(2), 24', 'Be able to show that the rules are kept.', CHAIN, says.auditWhole(evidence)],
    [
      'Art. 15, 20',
      'Tell people what is kept about them, and let them take it along.',
      '“Your data” in the portal',
      says.ownData(),
    ],
    ['Art. 17', 'Erase on request.', 'Destroying messages', says.erasure(evidence)],
    ['Art. 25', 'Protect by design and by default.', 'Protection and last day by default', says.byDefault(evidence)],
    [
      'Art. 28',
      'Have contracts with processors.',
      NONE,
      says.duty('This installation runs on your own machines; relay, S3 and syslog providers may be processors.'),
    ],
    [
      'Art. 30',
      'Keep records of processing.',
      NONE,
      says.duty('The settings page and the policy tell what this system does.'),
    ],
    [
      'Art. 32(1)(b)',
      'Keep systems confidential, whole and available.',
      `${ROLES}; second factor`,
      both(says.leastRights(evidence), says.secondFactor(evidence)),
    ],
    [
      'Art. 32(1)(c)',
      'Be able to restore after an incident.',
      'The commands “backup” and “restore”',
      says.duty('Nothing here knows whether backups are made and tried.'),
    ],
    [
      'Art. 32(1)(d)',
      'Test the measures regularly.',
      'The commands “doctor” and “audit verify”',
      says.duty('These reports help; the tests are yours.'),
    ],
    [
      'Art. 33, 34',
      'Tell authority and people of a breach.',
      CHAIN,
      says.duty('The log says who read what and when; telling is yours.'),
    ],
  ];
}

/** As good as the worse of the two. */
function both(one: Shown, other: Shown): Shown {
  const order = ['not-met', 'in-part', 'own-duty', 'met'] as const;
  const state = order.find((each) => each === one.state || each === other.state) ?? one.state;
  return { state, evidence: [...one.evidence, ...other.evidence] };
}

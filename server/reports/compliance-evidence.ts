// Owns what of the evidence is told with a requirement, in sentences, and whether the installation meets what it can meet. Pure.
// Nothing is called met that was not read from the running system.

import { limits } from '../core/limits.ts';
import { breachWords } from '../audit/verify-audit.ts';
import type { Evidence } from './evidence.ts';
import type { Finding } from './report.ts';

export type Shown = Pick<Finding, 'state'> & { readonly evidence: readonly string[] };

export function encryptedAtRest({ messages, keyId, keyAgeDays, settings }: Evidence): Shown {
  return {
    state: 'met',
    evidence: [
      `Messages held: ${messages}, each under a data key of its own, AES-256-GCM in chunks; subjects, addresses and file names are sealed as well.`,
      `Data keys are wrapped by key ${keyId}, ${keyAgeDays} days old, kept ${settings.keySource}; sealed files lie ${settings.blobs}.`,
    ],
  };
}

export function keyLife({ keyId, keyAgeDays }: Evidence): Shown {
  return {
    state: keyAgeDays <= 365 ? 'met' : 'not-met',
    evidence: [`The key that seals (${keyId}) is ${keyAgeDays} days old; a year is taken as its time here.`],
  };
}

export function encryptedOnItsWay({ settings, notices, days }: Evidence): Shown {
  const total = notices.verified + notices.unverified + notices.none;
  const isWhole = settings.isHttps && settings.smtpNeedsTls;
  return {
    state: isWhole ? 'met' : settings.isHttps ? 'in-part' : 'not-met',
    evidence: [
      settings.isHttps
        ? 'Messages are read over HTTPS only: PUBLIC_URL is https.'
        : 'PUBLIC_URL is not https: messages are read without encryption on their way.',
      settings.smtpNeedsTls
        ? 'Mail is taken in over TLS only (SMTP_REQUIRE_TLS).'
        : 'Mail is taken in without TLS as well: SMTP_REQUIRE_TLS is off; the way from your mail server has to be safe by other means.',
      `Of ${total} notices in ${days} days ${notices.verified} went over verified TLS, ${notices.unverified} over TLS that was not verified, ${notices.none} without. Notices hold no content of a message.`,
    ],
  };
}

export function ownNames({ signIns, settings, staff, days }: Evidence): Shown {
  return {
    state: 'met',
    evidence: [
      'Everybody signs in by an address of their own; shared mailboxes are used by delegates under their own names.',
      `Sign-ins in ${days} days: ${signIns}. Codes live ${settings.passcodeMinutes} minutes and work in the browser that asked for them alone${settings.hasStaffSignOn ? '; single sign-on is set up' : ''}.`,
      rolesHeld(staff),
    ],
  };
}

function rolesHeld(staff: Evidence['staff']): string {
  return `People by role: administrators ${staff.administrator}, auditors ${staff.auditor}, help desk ${staff['help-desk']}, approvers ${staff.approver}.`;
}

export function leastRights({ staff }: Evidence): Shown {
  return {
    state: 'met',
    evidence: [
      'One table says what each role may do, and what is not in it nobody may. No role but the approver’s reads a message, and that only while a rule holds it.',
      rolesHeld(staff),
    ],
  };
}

export function secondFactor({ people, withSecondFactor, settings }: Evidence): Shown {
  const had = `${withSecondFactor} of ${people} people with a role have an authenticator app or a passkey here`;
  return settings.tryOut
    ? { state: 'not-met', evidence: [`${had}.`, 'Try-out mode: a mailed code alone lets people with a role in.'] }
    : {
        state: 'met',
        evidence: [
          `${had}; who has none is let into no page of the console${settings.hasStaffSignOn ? ', but by single sign-on' : ''}.`,
          'Recipients prove their mailbox by a code; a rule or template can demand an account, a passkey or a phrase beside it.',
        ],
      };
}

export function idleEnd({ settings }: Evidence, minutesMax?: number): Shown {
  const isShort = minutesMax === undefined || settings.sessionIdleMinutes <= minutesMax;
  return {
    state: isShort ? 'met' : 'not-met',
    evidence: [
      `Sessions end after ${settings.sessionIdleMinutes} minutes without use and after ${settings.sessionHours} hours in any case (SESSION_IDLE_MINUTES, SESSION_HOURS).`,
    ],
  };
}

export function auditKept({ auditEntries, settings, audit, checkpointAt }: Evidence): Shown {
  const broken = audit !== undefined && !audit.holds;
  return {
    state: broken ? 'not-met' : 'met',
    evidence: [
      `${auditEntries} entries so far: each access, decision and change, with who, when and from where.`,
      ...chainWords(audit, checkpointAt),
      settings.hasSyslog
        ? 'Entries are sent to a syslog server as well.'
        : 'Entries are not sent to a syslog server (AUDIT_SYSLOG).',
    ],
  };
}

export function auditWhole({ audit, checkpointAt }: Evidence): Shown {
  return {
    state: audit === undefined ? 'in-part' : audit.holds ? 'met' : 'not-met',
    evidence: [
      'Entries are chained by a keyed hash, and signed checkpoints tell how long the log has been.',
      ...chainWords(audit, checkpointAt),
    ],
  };
}

function chainWords(audit: Evidence['audit'], checkpointAt: string | undefined): string[] {
  const signed =
    checkpointAt === undefined
      ? 'No checkpoint was signed yet.'
      : `The newest checkpoint was signed ${day(checkpointAt)}.`;
  if (audit === undefined)
    return [`The log is too long to be gone through for a report: run “audit verify”. ${signed}`];
  if (!audit.holds) return [`Gone through for this report: ${breachWords(audit)}.`];
  return [
    `Gone through for this report from its first entry to its last: all ${audit.entries} follow from one another. ${signed}`,
  ];
}

export function auditDays({ settings }: Evidence, daysMin: number): Shown {
  const { auditKeepDays } = settings;
  return {
    state: auditKeepDays === undefined || auditKeepDays >= daysMin ? 'met' : 'not-met',
    evidence: [
      auditKeepDays === undefined
        ? 'Entries are never removed (AUDIT_KEEP_DAYS is not set).'
        : `Entries are removed after ${auditKeepDays} days (AUDIT_KEEP_DAYS); asked for are ${daysMin}.`,
    ],
  };
}

export function failedSignIns({ refusedSignIns, days }: Evidence): Shown {
  return {
    state: 'met',
    evidence: [
      `Refused sign-ins in ${days} days, each in the log: ${refusedSignIns}. Guesses are limited by address, network and in all.`,
    ],
  };
}

export function keptAndEnded({ settings, destroyed }: Evidence): Shown {
  return {
    state: 'met',
    evidence: [
      `A message ends after ${settings.expiryDaysDefault} days unless something says otherwise, at most after ${settings.expiryDaysMax} (EXPIRY_DAYS_DEFAULT, EXPIRY_DAYS_MAX); ${limits.retentionDaysDefault} days later it is destroyed, unless a template says otherwise. A template may let messages stay for ever.`,
      `Messages destroyed so far: ${destroyed}. Their data keys are gone, and a signed note remembers it, so that a restored backup destroys them again.`,
    ],
  };
}

export function erasure({ destroyed }: Evidence): Shown {
  return {
    state: 'in-part',
    evidence: [
      `Senders destroy a message at once and for all recipients; ${destroyed} were destroyed so far. What recipients took along is beyond reach.`,
      'Whom to grant it, and what of the audit log has to stay, you decide.',
    ],
  };
}

export function ownData(): Shown {
  return {
    state: 'in-part',
    evidence: [
      'Everybody who signs in sees under “Your data” what is kept about them, and takes copies of messages along where the rights allow it.',
      'Requests that reach you another way are yours to answer.',
    ],
  };
}

export function byDefault({ policyVersion, settings }: Evidence): Shown {
  return {
    state: 'met',
    evidence: [
      `Every message is sealed and ends after ${settings.expiryDaysDefault} days where nobody asks for anything; rules and wishes only add to that, but for a rule that lets mail pass the portal.`,
      policyVersion === 0
        ? 'No policy has been saved yet.'
        : `The policy is at version ${policyVersion}, each version kept with who saved it.`,
    ],
  };
}

export function changes({ policyVersion }: Evidence): Shown {
  return {
    state: 'in-part',
    evidence: [
      `The policy is at version ${policyVersion}; each version is kept with who, when and why, and can be tried on earlier mail before it is saved.`,
      'Who has to agree to a change before it is made, you decide.',
    ],
  };
}

/** What no program can meet; `words`: what there is here that helps. */
export function duty(words: string): Shown {
  return { state: 'own-duty', evidence: [words] };
}

function day(iso: string): string {
  return iso.slice(0, 10);
}

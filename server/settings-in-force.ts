// Owns which settings a compliance summary rests on, as plain values: no address, no secret.

import type { Config } from './config.ts';
import type { SettingsInForce } from './reports/evidence.ts';

export function settingsInForce(config: Config): SettingsInForce {
  const { keyring, blobs, portal, smtp, audit, oidc } = config;
  return {
    tryOut: config.tryOut,
    isHttps: portal.secure,
    keySource: keyPlaces[keyring.kind],
    blobs: blobs.kind === 's3' ? 'in S3' : 'in files of this machine',
    expiryDaysDefault: config.expiryDaysDefault,
    expiryDaysMax: config.expiryDaysMax,
    sessionIdleMinutes: config.sessionIdleMinutes,
    sessionHours: config.sessionHours,
    passcodeMinutes: config.passcodeMinutes,
    auditKeepDays: audit.keepDays,
    hasSyslog: audit.syslog !== undefined,
    smtpNeedsTls: smtp.requireTls,
    hasStaffSignOn: oidc.staff !== undefined,
  };
}

const keyPlaces = {
  file: 'in a keyring file',
  exec: 'by a command of yours',
  vault: 'in a keyring file that HashiCorp Vault seals',
} as const;

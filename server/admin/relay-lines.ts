// Owns the lines of .env that set a relay. A password never stands in them: where there is one, the address goes into a file of its
// own, by a command that asks for the password where nobody sees it.

import type { LinesView, RelayFields } from '../render/page-models/setup.ts';
import { environmentNote } from './setup.model.ts';
import type { SettingRow } from './setup.model.ts';

const LEAVING_TRY_OUT =
  'With it, try-out mode ends: the next start wants a certificate for ingestion too (SMTP_TLS_CERT_FILE, SMTP_TLS_KEY_FILE), names whatever else is missing, and everybody with a role sets up an authenticator app.';
const FILE = '/etc/sealpost/relay-url';

export function relayLines(
  { host, port, security, tls, user }: RelayFields,
  settings: readonly SettingRow[],
  tryOut: boolean,
  line: (name: string, value: string) => string | undefined,
): LinesView {
  const named = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
  const [scheme, place] = [security === 'tls' ? 'smtps' : 'smtp', `${named}:${port}`];
  const setTls = line('RELAY_TLS', tls) ?? '';
  const notes = [
    ...(tryOut ? [LEAVING_TRY_OUT] : []),
    ...settings
      .filter(({ name, source }) => (name === 'RELAY_URL' || name === 'RELAY_TLS') && source === 'environment')
      .map(({ name }) => environmentNote(name)),
  ];
  if (user === '') {
    return { lines: [line('RELAY_URL', `${scheme}://${place}`) ?? '', setTls], notes };
  }
  return {
    lines: [`RELAY_URL_FILE=${FILE}`, setTls],
    notes: ['RELAY_URL and RELAY_URL_FILE must not both be set.', ...notes],
    command: [
      `( umask 077; printf 'Password: '; stty -echo; read -r P; stty echo; export P`,
      `  node -p '"${scheme}://${forShell(user)}:" + encodeURIComponent(process.env.P) + "@${place}"' > ${FILE} )`,
    ].join('\n'),
  };
}

/** Within single quotes of a shell, and double ones of a script. */
function forShell(user: string): string {
  return encodeURIComponent(user).replaceAll("'", '%27');
}

// Owns what `npx sealpost config` shows: every setting, its value, and where that came from. Secrets are
// masked here, and a value that its parser refuses is shown as little as a secret is.

import { defaultsFor, isTryOut } from './config.ts';
import { findGiven, readUtf8, type Env, type ReadFile } from './config-given.ts';
import { settingNames, settings, type SettingName } from './config-settings.ts';

export interface ConfigRow {
  readonly name: SettingName;
  /** The text in force, masked where it is secret; '' when the setting is unset. */
  readonly value: string;
  /** `file` is the file that `NAME_FILE` names; `faulty` a value that would stop the start. */
  readonly source: 'environment' | '.env' | 'file' | 'default' | 'unset' | 'faulty';
}

const MASK = '••••••••';

/** One row for each setting. `dotEnv` are the names that the `.env` file brought in, as readDotEnv tells. */
export function configRows(env: Env, dotEnv: ReadonlySet<string>, readFile: ReadFile = readUtf8): readonly ConfigRow[] {
  const { given, faults } = findGiven(env, readFile);
  const defaults = defaultsFor(given, isTryOut(env));
  const faulty = new Set(faults.map((fault) => fault.setting));
  return settingNames.map((name) => {
    if (faulty.has(name) || faulty.has(`${name}_FILE`)) return { name, value: MASK, source: 'faulty' };
    const found = given.get(name);
    if (found === undefined) {
      const fallback = settings[name].fallback(defaults);
      return fallback === undefined
        ? { name, value: '', source: 'unset' }
        : { name, value: fallback, source: 'default' };
    }
    if (!settings[name].parser.safeParse(found.text).success) return { name, value: MASK, source: 'faulty' };
    const value = settings[name].secret ? masked(name, found.text) : found.text;
    return { name, value, source: found.from === 'file' ? 'file' : dotEnv.has(name) ? '.env' : 'environment' };
  });
}

/** What of a good secret may be seen: of an address where it leads, without user and password. */
function masked(name: SettingName, text: string): string {
  if (name === 'RELAY_URL') return withoutLogin(new URL(text));
  if (name === 'DATABASE_URL' && !text.startsWith('sqlite:')) {
    const url = new URL(text);
    // pg takes a password in the query as well.
    return `${withoutLogin(url)}${url.pathname}${url.search === '' ? '' : `?${MASK}`}`;
  }
  // A path or a bucket: no password can stand in either.
  return name === 'DATABASE_URL' || name === 'BLOB_URL' ? text : MASK;
}

function withoutLogin({ protocol, username, password, host }: URL): string {
  return `${protocol}//${username === '' && password === '' ? '' : `${MASK}@`}${host}`;
}

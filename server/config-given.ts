// Owns how a setting reaches the program: as a variable, in the file that NAME_FILE names, or not at all.
// It hands out text; what the text means is none of its business.

import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { settingNames, settings, type SettingName } from './config-settings.ts';
import { hasCode } from './core/errors.ts';

export type Env = Readonly<Record<string, string | undefined>>;
/** Reads a whole file as UTF-8; throws when it cannot. */
export type ReadFile = (path: string) => string;

export interface Fault {
  /** The name of the setting, or of several, as the person who reads it wrote or should write it. */
  readonly setting: string;
  /** What was expected, to be read after that word. Never holds a value. */
  readonly expected: string;
}

/** Everything that is wrong with the settings, in one error; `message` is one line for each fault. */
export class ConfigError extends Error {
  readonly faults: readonly Fault[];

  constructor(faults: readonly Fault[]) {
    const lines = faults.map((fault) => `  ${fault.setting}: expected ${fault.expected}`);
    super(['Sealpost does not start with these settings:', ...lines].join('\n'));
    this.name = 'ConfigError';
    this.faults = faults;
  }
}

export interface Given {
  readonly text: string;
  readonly from: 'variable' | 'file';
}

export const readUtf8: ReadFile = (path) => readFileSync(path, 'utf8');

/** The text given for each setting that is set. Faults are files that cannot be read, and values given twice. */
export function findGiven(
  env: Env,
  readFile: ReadFile,
): { given: ReadonlyMap<SettingName, Given>; faults: readonly Fault[] } {
  const given = new Map<SettingName, Given>();
  const faults: Fault[] = [];
  for (const name of settingNames) {
    const text = valueOf(env, name);
    const path = settings[name].secret ? valueOf(env, `${name}_FILE`) : undefined;
    if (text !== undefined && path !== undefined) {
      faults.push({ setting: name, expected: `either ${name} or ${name}_FILE, not both` });
    } else if (text !== undefined) {
      given.set(name, { text, from: 'variable' });
    } else if (path !== undefined) {
      const content = readSecret(path, readFile);
      if (content === undefined)
        faults.push({ setting: `${name}_FILE`, expected: 'the path of a file that can be read and is not empty' });
      else given.set(name, { text: content, from: 'file' });
    }
  }
  return { given, faults };
}

/** True when a value was given in either way, be it good or bad. */
export function isSet(env: Env, name: SettingName): boolean {
  return valueOf(env, name) !== undefined || (settings[name].secret && valueOf(env, `${name}_FILE`) !== undefined);
}

/** A variable's value; empty means unset, since many tools can only pass on a missing value as an empty one. */
export function valueOf(env: Env, name: string): string | undefined {
  const text = env[name]?.trim();
  return text === '' ? undefined : text;
}

/**
 * The environment completed by the file at `path`, when there is one; what the environment sets wins.
 * `dotEnv` are the names whose value came from the file. Throws ConfigError when the file is there but not readable.
 */
export function readDotEnv(
  path: string,
  env: Env,
  readFile: ReadFile = readUtf8,
): { env: Env; dotEnv: ReadonlySet<string> } {
  const fromFile = parseEnv(readIfPresent(path, readFile));
  const dotEnv = new Set(Object.keys(fromFile).filter((name) => env[name] === undefined));
  const added = Object.fromEntries(Object.entries(fromFile).filter(([name]) => dotEnv.has(name)));
  return { env: { ...env, ...added }, dotEnv };
}

function readSecret(path: string, readFile: ReadFile): string | undefined {
  try {
    const text = readFile(path).trim();
    return text === '' ? undefined : text;
  } catch {
    return undefined;
  }
}

function readIfPresent(path: string, readFile: ReadFile): string {
  try {
    return readFile(path);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return '';
    throw new ConfigError([{ setting: path, expected: 'a file that can be read, or none' }]);
  }
}

// Owns what may be said of settings that somebody types into a page: whether each would be taken at a start, and the line of .env
// that sets it. It reads no environment and changes nothing.

import { checkTogether } from './config-checks.ts';
import type { Fault } from './config-given.ts';
import { settings } from './config-settings.ts';
import type { SettingName, SettingValue } from './config-settings.ts';

export type Typed = Readonly<Partial<Record<SettingName, string>>>;

/** What a start with these settings would be refused for, as far as it lies in them. Nothing of a value is repeated. */
export function typedFaults(typed: Typed): readonly Fault[] {
  const values: { [N in SettingName]?: SettingValue<N> } = {};
  const faults: Fault[] = [];
  for (const [key, text] of Object.entries(typed)) {
    const name = key as SettingName; // the type of `typed` names its keys
    const result = settings[name].parser.safeParse(text);
    if (result.success) Object.assign(values, { [name]: result.data });
    else faults.push({ setting: name, expected: result.error.issues[0]?.message ?? 'another value' });
  }
  return [...faults, ...checkTogether({ env: typed, tryOut: false, values })];
}

/** The line of .env, or undefined when no way of quoting holds the value. */
export function envLine(name: SettingName, text: string): string | undefined {
  if (/^[\w./:@,+=-]+$/.test(text)) return `${name}=${text}`;
  if (/[\r\n]/.test(text)) return undefined;
  // A backslash within double quotes may be taken for an escape.
  const quote = ["'", '"', '`'].find((mark) => !text.includes(mark) && !(mark === '"' && text.includes('\\')));
  return quote === undefined ? undefined : `${name}=${quote}${text}${quote}`;
}

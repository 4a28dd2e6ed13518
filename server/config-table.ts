// Owns the settings as documents: the table in README.md and the file .env.example, both made from the one
// definition in config-settings.ts. It never reads or writes a file.

import { settingNames, settings, type SettingName } from './config-settings.ts';

const START = '<!-- settings -->';
const END = '<!-- /settings -->';

/** The Markdown table of all settings, without a line end behind it. */
export function settingsTable(): string {
  const rows = settingNames.map((name) => {
    const meaning = settings[name].secret
      ? `${settings[name].meaning} Also as \`${name}_FILE\`.`
      : settings[name].meaning;
    return `| \`${name}\` | ${shownDefault(name)} | ${meaning.replaceAll('|', '\\|')} |`;
  });
  return ['| setting | default | meaning |', '| --- | --- | --- |', ...rows].join('\n');
}

/** The README with the table between its two markers made anew. Throws when the markers are not there once each, in order. */
export function withSettingsTable(readme: string): string {
  const [before, rest, ...moreStarts] = readme.split(START);
  const [, after, ...moreEnds] = rest?.split(END) ?? [];
  if (before === undefined || after === undefined || moreStarts.length > 0 || moreEnds.length > 0) {
    throw new Error(`README.md needs ${START} and ${END}, once each and in this order`);
  }
  return `${before}${START}\n\n${settingsTable()}\n\n${END}${after}`;
}

/** The whole of .env.example: every setting with its meaning, all commented out. */
export function envExample(): string {
  const head = [
    '# Settings of Sealpost. Copy this file to .env and take the # away from what you set; an empty value means unset.',
    '# Variables of the environment win over this file. Written by `npm run settings`: change server/config-settings.ts instead.',
  ];
  const blocks = settingNames.map((name) => {
    const { meaning, example, secret } = settings[name];
    const lines = [...wrap(meaning.replaceAll('`', ''), 100), `Default: ${shownDefault(name).replaceAll('`', '')}.`];
    if (secret) lines.push(`May stand in a file of its own instead: ${name}_FILE=/path`);
    return [...lines.map((line) => `# ${line}`), `#${name}=${quoted(example)}`].join('\n');
  });
  return `${[head.join('\n'), ...blocks].join('\n\n')}\n`;
}

/** The default in words, in and outside try-out mode, with names of settings for what it depends on. */
function shownDefault(name: SettingName): string {
  const shown = (tryOut: boolean): string => {
    const named = { orgDomain: 'FIRST_ORG_DOMAIN', dataDir: 'DATA_DIR', witness: 'KEYRING.witness' };
    const text = settings[name].fallback({ tryOut, ...named });
    return text === undefined ? 'none' : `\`${text}\``;
  };
  return shown(true) === shown(false) ? shown(false) : `${shown(false)}; in try-out mode ${shown(true)}`;
}

/** Single quotes keep `$`, `<` and blanks as they are, both for Node and for a shell that reads the file. */
function quoted(text: string): string {
  return /^[\w./:@,+=-]*$/.test(text) ? text : `'${text}'`;
}

function wrap(text: string, charactersMax: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > charactersMax) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}

// Owns the templates: reads the fixed set below once, compiles it, and fills it in. It never lets data
// choose a template, a partial or a file, and never writes a string unescaped but one: the mail's own
// HTML, sanitised as the last step before, in mail-body.hbs.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Words } from '../language/words.ts';
import type { MailModels } from './mail-models.ts';
import type { PageModels, Shell } from './page-models.ts';
import { checkKeys, sayHelpers } from './say-helpers.ts';
import { helpers } from './template-helpers.ts';
import { TemplateMaker } from './template-programs.ts';
import type { Template } from './template-programs.ts';
import { watermarkUri } from './watermark.ts';

export interface MailBody {
  readonly words: Words;
  /** Sanitised; the only string that is not escaped. */
  readonly html: string;
  /** The reader's address, under do-not-forward. */
  readonly watermark?: string | undefined;
  readonly mayPrint: boolean;
  readonly mayCopy: boolean;
}

export interface Templates {
  page<Name extends keyof PageModels>(name: Name, shell: Shell, model: PageModels[Name]): string;
  mail<Name extends keyof MailModels>(
    name: Name,
    words: Words,
    model: MailModels[Name],
  ): { html: string; text: string };
  /** The document of a mail's HTML, for a frame with `sandbox` and a policy of its own. */
  mailBody(body: MailBody): string;
}

// Written out, so that the set is complete by the compiler's word and closed at run time.
const PAGES: Record<keyof PageModels, true> = {
  home: true,
  enter: true,
  verify: true,
  'sign-in': true,
  inbox: true,
  message: true,
  leave: true,
  'signed-out': true,
  write: true,
  written: true,
  'prove-address': true,
  account: true,
  problem: true,
  sent: true,
  'sent-message': true,
  destroy: true,
  branding: true,
  'try-mailbox': true,
  'try-mail': true,
};
const MAILS: Record<keyof MailModels, true> = {
  notice: true,
  passcode: true,
  failure: true,
  reply: true,
  written: true,
  test: true,
};

/** Reads and compiles everything under `directory`; throws when a template is missing or faulty. */
export function loadTemplates(directory: string): Templates {
  const read = (path: string): string => {
    const text = readFileSync(join(directory, path), 'utf8');
    checkKeys(path, text);
    return text;
  };
  // A partial in a sentence adds no blank.
  const partials = readdirSync(join(directory, 'partials')).map(
    (file) => [file.replace(/\.hbs$/, ''), { text: read(`partials/${file}`).trimEnd() }] as const,
  );
  const maker = new TemplateMaker({
    helpers: { ...helpers, ...sayHelpers },
    partials: new Map([['layout', { text: read('layout.hbs') }], ...partials]),
  });

  function makeEach<Key extends string>(names: Record<Key, true>, path: (name: string) => string, plain = false) {
    return new Map<string, Template>(
      Object.keys(names).map((name) => [name, maker.make({ text: read(path(name)), plain })]),
    );
  }

  const pages = makeEach(PAGES, (name) => `pages/${name}.hbs`);
  const mailHtml = makeEach(MAILS, (name) => `mail/${name}.html.hbs`);
  const mailText = makeEach(MAILS, (name) => `mail/${name}.text.hbs`, true); // not HTML
  const body = maker.make({ text: read('mail-body.hbs') });
  maker.checkPartials();

  return {
    page: (name, shell, model) => fill(pages, name, { words: shell.words, shell, page: model }),
    mail: (name, words, model) => {
      const context = { ...model, words };
      return { html: fill(mailHtml, name, context), text: fill(mailText, name, context) };
    },
    mailBody: ({ watermark, ...rest }) => body({ ...rest, watermarkUri: watermark && watermarkUri(watermark) }),
  };
}

function fill(templates: ReadonlyMap<string, Template>, name: string, context: object): string {
  const template = templates.get(name);
  if (template === undefined) throw new Error(`No template is called ${name}`);
  return template(context);
}

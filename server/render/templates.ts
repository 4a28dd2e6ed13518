// Owns the templates: reads the fixed set below once, compiles each when it is first filled in. It never lets data
// choose a template, a partial or a file, and never writes a string unescaped but one: the mail's own
// HTML, sanitised as the last step before, in mail-body.hbs.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Handlebars from 'handlebars';
import type { Words } from '../language/words.ts';
import type { MailModels } from './mail-models.ts';
import type { PageModels } from './page-models.ts';
import type { Shell } from './page-models/shell.ts';
import { sayHelpers } from './say-helpers.ts';
import { helpers } from './template-helpers.ts';
import { watermarkUri } from './watermark.ts';

export interface MailBody {
  readonly words: Words;
  /** Sanitised, with its style sheet; the only string that is not escaped. */
  readonly html: string;
  /** Colours behind the mail, as the sanitizer found them good. */
  readonly page?: { readonly light?: string; readonly dark?: string };
  /** The mail has a look for the dark, and this is when it is shown. */
  readonly dark?: 'always' | 'device' | undefined;
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
  away: true,
  'step-up': true,
  passkeys: true,
  'other-mailbox': true,
  'lost-link': true,
  notices: true,
  genuine: true,
  ended: true,
  request: true,
  inbox: true,
  message: true,
  attachment: true,
  leave: true,
  'signed-out': true,
  compose: true,
  write: true,
  written: true,
  'prove-address': true,
  account: true,
  problem: true,
  sent: true,
  'sent-message': true,
  'sent-notices': true,
  destroy: true,
  approvals: true,
  approval: true,
  brands: true,
  brand: true,
  'brand-version': true,
  'brand-remove': true,
  audit: true,
  today: true,
  queue: true,
  'api-keys': true,
  'api-docs': true,
  settings: true,
  setup: true,
  'setup-organisation': true,
  'setup-relay': true,
  'setup-mail-server': true,
  'setup-test': true,
  domain: true,
  connectors: true,
  inbound: true,
  'mta-sts': true,
  'tls-reports': true,
  policy: true,
  'policy-version': true,
  'policy-restore': true,
  'rule-hits': true,
  rule: true,
  'policy-part': true,
  reports: true,
  report: true,
  'policy-simulator': true,
  certificates: true,
  certificate: true,
  'policy-replay': true,
  'second-step': true,
  people: true,
  removal: true,
  'help-desk': true,
  webhooks: true,
  webhook: true,
  'webhook-secret': true,
  'try-mailbox': true,
  'try-mail': true,
};
const MAILS: Record<keyof MailModels, true> = {
  notice: true,
  passcode: true,
  failure: true,
  reply: true,
  request: true,
  decision: true,
  approval: true,
  held: true,
  unreached: true,
  'first-read': true,
  digest: true,
  written: true,
  passkey: true,
  certificate: true,
  'by-mail': true,
  alert: true,
  test: true,
};

const allHelpers = { ...helpers, ...sayHelpers };

/** A field that is missing, and a helper that is none of ours, are faults. */
export const compileOptions = {
  strict: true,
  knownHelpersOnly: true,
  knownHelpers: Object.fromEntries(Object.keys(allHelpers).map((name) => [name, true])),
  preventIndent: true,
} satisfies CompileOptions;

/**
 * Reads everything under `directory`; throws when a template is missing. Each is compiled when it is first filled in: that
 * none is faulty is looked at by the tests, so that no start waits for it.
 */
export function loadTemplates(directory: string): Templates {
  const engine = Handlebars.create();
  for (const [name, helper] of Object.entries(allHelpers)) engine.registerHelper(name, helper);

  function compile(path: string, more: CompileOptions = {}): HandlebarsTemplateDelegate {
    const file = readFileSync(join(directory, path), 'utf8');
    const source = path.startsWith('partials/') ? file.trimEnd() : file; // a partial in a sentence adds no blank
    return engine.compile(source, { ...compileOptions, ...more });
  }
  function compileEach<Key extends string>(
    names: Record<Key, true>,
    path: (name: string) => string,
    more?: CompileOptions,
  ) {
    return new Map<string, HandlebarsTemplateDelegate>(
      Object.keys(names).map((name) => [name, compile(path(name), more)]),
    );
  }

  engine.registerPartial('layout', compile('layout.hbs'));
  for (const file of readdirSync(join(directory, 'partials'))) {
    engine.registerPartial(file.replace(/\.hbs$/, ''), compile(`partials/${file}`));
  }
  const pages = compileEach(PAGES, (name) => `pages/${name}.hbs`);
  const mailHtml = compileEach(MAILS, (name) => `mail/${name}.html.hbs`);
  const mailText = compileEach(MAILS, (name) => `mail/${name}.text.hbs`, { noEscape: true }); // not HTML
  const body = compile('mail-body.hbs');

  return {
    page: (name, shell, model) => fill(pages, name, { words: shell.words, shell, page: model }),
    mail: (name, words, model) => {
      const context = { ...model, words };
      return { html: fill(mailHtml, name, context), text: fill(mailText, name, context) };
    },
    mailBody: ({ watermark, page = {}, ...rest }) =>
      body({ ...rest, page, watermarkUri: watermark && watermarkUri(watermark) }),
  };
}

function fill(templates: ReadonlyMap<string, HandlebarsTemplateDelegate>, name: string, context: object): string {
  const template = templates.get(name);
  if (template === undefined) throw new Error(`No template is called ${name}`);
  return template(context);
}

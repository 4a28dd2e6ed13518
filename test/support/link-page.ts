// Owns the steps on a link's page one by one, as a browser with its own cookies makes them, for tests that
// count what each step does.

import { Visitor } from './browser.ts';
import type { Answer } from './browser.ts';
import type { Running } from './program.ts';

export class LinkPage {
  readonly visitor: Visitor;
  readonly link: string;
  readonly #csrf: string;

  constructor(visitor: Visitor, link: string, csrf: string) {
    this.visitor = visitor;
    this.link = link;
    this.#csrf = csrf;
  }

  ask(): Promise<Answer> {
    return this.#post('passcode', {});
  }

  guess(code: string): Promise<Answer> {
    return this.#post('verify', { code });
  }

  /** The same browser at another instance of the program. */
  at(url: string): LinkPage {
    const visitor = new Visitor(url);
    for (const name of ['sealpost', 'sealpost-browser']) {
      const value = this.visitor.cookie(name);
      if (value !== undefined) visitor.setCookie(name, value);
    }
    return new LinkPage(visitor, this.link, this.#csrf);
  }

  /** The same browser after it has lost its session. */
  async withoutSession(running: Running): Promise<LinkPage> {
    const visitor = new Visitor(running.url);
    visitor.setCookie('sealpost-browser', this.visitor.cookie('sealpost-browser') ?? '');
    return openLink(running, this.link, visitor);
  }

  #post(step: string, fields: Record<string, string>): Promise<Answer> {
    const body = new URLSearchParams({ csrf: this.#csrf, ...fields });
    return this.visitor.send('POST', `${this.link}/${step}`, body);
  }
}

export async function openLink(running: Running, link: string, visitor = new Visitor(running.url)): Promise<LinkPage> {
  return new LinkPage(visitor, link, await visitor.csrf(link));
}

/** `count` codes that are none of these. */
export function wrongCodes(count: number, ...right: readonly string[]): string[] {
  const wrong: string[] = [];
  for (let n = 1; wrong.length < count; n += 1) {
    const code = String(n).padStart(8, '0');
    if (!right.includes(code)) wrong.push(code);
  }
  return wrong;
}

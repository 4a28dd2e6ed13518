// Owns a visitor for tests: cookies kept, forms filled as a browser without scripts would. It sends the
// hidden fields it finds on the page, and nothing it does not.

export interface Answer {
  readonly status: number;
  readonly location: string | null;
  readonly headers: Headers;
  readonly text: string;
}

export interface SendOptions {
  readonly headers?: Record<string, string>;
}

export class Visitor {
  readonly #origin: string;
  readonly #cookies = new Map<string, string>();

  constructor(origin: string) {
    this.#origin = origin;
  }

  cookie(name: string): string | undefined {
    return this.#cookies.get(name);
  }

  setCookie(name: string, value: string): void {
    this.#cookies.set(name, value);
  }

  async get(path: string, options: SendOptions = {}): Promise<Answer> {
    return this.#send('GET', path, undefined, options);
  }

  /** Follows up to five redirects. */
  async visit(path: string): Promise<Answer> {
    let answer = await this.get(path);
    for (let hops = 0; answer.location !== null && hops < 5; hops += 1) answer = await this.get(answer.location);
    return answer;
  }

  /** Posts fields as a form, with the token of the page at `from`, and its mark where the form there has one. */
  async post(
    path: string,
    fields: Record<string, string | string[]>,
    from: string,
    options: SendOptions = {},
  ): Promise<Answer> {
    const page = (await this.get(from)).text;
    const body = new URLSearchParams({ csrf: csrfOf(page) });
    const once = onceOf(page);
    if (once !== undefined && !('once' in fields)) body.append('once', once);
    for (const [name, value] of Object.entries(fields)) for (const one of [value].flat()) body.append(name, one);
    return this.#send('POST', path, body, options);
  }

  async postMultipart(
    path: string,
    fields: Record<string, string>,
    files: readonly TestFile[],
    from: string,
  ): Promise<Answer> {
    const page = (await this.get(from)).text;
    const body = new FormData();
    body.append('csrf', csrfOf(page));
    const once = onceOf(page);
    if (once !== undefined) body.append('once', once);
    for (const [name, value] of Object.entries(fields)) body.append(name, value);
    for (const file of files) {
      body.append(
        file.field ?? 'files',
        new Blob([new Uint8Array(file.content)], { type: file.type ?? 'application/octet-stream' }),
        file.name,
      );
    }
    return this.#send('POST', path, body, {});
  }

  /** Anything, as it stands. */
  async send(method: string, path: string, body?: RequestInit['body'], options: SendOptions = {}): Promise<Answer> {
    return this.#send(method, path, body, options);
  }

  async csrf(path: string): Promise<string> {
    return csrfOf((await this.get(path)).text);
  }

  async bytes(path: string): Promise<{ status: number; headers: Headers; content: Buffer }> {
    const response = await fetch(new URL(path, this.#origin), { redirect: 'manual', headers: this.#headers() });
    this.#keep(response);
    return { status: response.status, headers: response.headers, content: Buffer.from(await response.arrayBuffer()) };
  }

  async #send(
    method: string,
    path: string,
    body: RequestInit['body'] | undefined,
    options: SendOptions,
  ): Promise<Answer> {
    const response = await fetch(new URL(path, this.#origin), {
      method,
      redirect: 'manual',
      headers: { ...this.#headers(), ...options.headers },
      ...(body === undefined || body === null ? {} : { body }),
    });
    this.#keep(response);
    return {
      status: response.status,
      location: response.headers.get('location'),
      headers: response.headers,
      text: await response.text(),
    };
  }

  #headers(): Record<string, string> {
    if (this.#cookies.size === 0) return {};
    return { cookie: [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ') };
  }

  #keep(response: Response): void {
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === '') this.#cookies.delete(name);
      else this.#cookies.set(name, value);
    }
  }
}

export interface TestFile {
  readonly name: string;
  readonly content: Buffer;
  readonly type?: string;
  readonly field?: string;
}

function onceOf(page: string): string | undefined {
  return /name="once" value="([^"]+)"/.exec(page)?.[1];
}

/** The page as text in which times stand like any other words. */
export function said({ text }: Answer): string {
  return text.replace(/<\/?time[^>]*>/g, '');
}

function csrfOf(page: string): string {
  const token = /name="csrf" value="([^"]+)"/.exec(page)?.[1];
  if (token === undefined) throw new Error('the page has no form');
  return token;
}

/** Where an answer leads to after a change, without the mark that proves who made that link. */
export function ledTo({ location }: Pick<Answer, 'location'>): string | undefined {
  return location?.replace(/(\?done=[\w-]+)\.[0-9a-z]+\.[\w-]{22}/, '$1');
}

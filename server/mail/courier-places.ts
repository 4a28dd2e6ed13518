// Owns the places of those who go to others' mail servers: how many connections there are at once to one host, and to all hosts of one
// domain, idle and ending ones counted; and how many mails may be under way for either. Who finds no place is sent away, not kept waiting
// in a worker's place. It knows nothing of mails.

import type { SmtpSession } from './courier-session.ts';

export interface PlaceSettings {
  /** For a host, and again for a domain. Twice as many mails may be under way: as many wait as are sent. */
  readonly connectionsMax: number;
  /** Many servers end a session after about a hundred mails. */
  readonly mailsPerConnectionMax: number;
  readonly idleMs: number;
}

/** Whose place is asked for. */
export interface Claim {
  readonly domain: string;
  readonly host: string;
  /** Sessions with the same one may be taken for each other: same host, and the same proved. */
  readonly key: string;
  readonly open: (signal: AbortSignal) => Promise<SmtpSession>;
  /** Somebody waits for it: it may wait where others may not. */
  readonly isUrgent: boolean;
}

/** The domain or the host has its share under way; nothing was said to anybody. */
export class Crowded extends Error {}

export class Places {
  readonly #settings: PlaceSettings;
  readonly #links = new Set<Link>();
  readonly #underWay = new Set<Claim>();
  readonly #waiting: (() => void)[] = [];
  #closed = false;

  constructor(settings: PlaceSettings) {
    this.#settings = settings;
  }

  /** Runs the work with a session of its own. @throws Crowded; StageFailure, and what the work throws. */
  async use<Result>(
    asked: Claim,
    signal: AbortSignal,
    work: (session: SmtpSession) => Promise<Result>,
  ): Promise<Result> {
    if (this.#closed) throw new Error('The courier is closed');
    const claim = { ...asked };
    const most = (claim.isUrgent ? 3 : 2) * this.#settings.connectionsMax;
    const underWay = [...this.#underWay];
    if (!isUnder(most, underWay, claim, 'domain') || !isUnder(most, underWay, claim, 'host')) throw new Crowded();
    this.#underWay.add(claim);
    try {
      const link = await this.#take(claim, signal);
      try {
        return await work(link.session);
      } finally {
        this.#put(link);
      }
    } finally {
      this.#underWay.delete(claim);
      this.#changed();
    }
  }

  /** Takes no more work, lets what is under way finish, and says goodbye on every connection. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const link of this.#idle(() => true)) this.#end(link);
    while (this.#underWay.size > 0) await this.#change();
  }

  async #take(claim: Claim, signal: AbortSignal): Promise<OpenLink> {
    for (;;) {
      const [idle] = this.#idle((link) => link.key === claim.key && this.#mayHave(claim, link));
      if (idle !== undefined) {
        if (await this.#isAlive(idle, claim, signal)) return idle;
        continue;
      }
      if (this.#mayHave(claim)) return this.#open(claim, signal);
      for (const by of ['domain', 'host'] as const) this.#giveWay(claim, by);
      await this.#change();
      // Whoever is ahead began earlier and runs out of time earlier.
      if (signal.aborted) throw new Crowded();
    }
  }

  async #open(claim: Claim, signal: AbortSignal): Promise<OpenLink> {
    const { domain, host, key } = claim;
    const link: Link = { domain, host, key, state: 'busy', mails: 0 };
    this.#links.add(link);
    try {
      return Object.assign(link, { session: await claim.open(signal) });
    } catch (error) {
      this.#links.delete(link);
      throw error;
    }
  }

  async #isAlive(link: OpenLink, { domain }: Claim, signal: AbortSignal): Promise<boolean> {
    clearTimeout(link.timer);
    link.state = 'busy';
    link.domain = domain;
    try {
      await link.session.reset(signal);
      return true;
    } catch {
      // The server went away meanwhile, which says nothing about this mail: the next one, or a new one.
      link.session.close();
      this.#whenOver(link);
      return false;
    }
  }

  #put(link: OpenLink): void {
    link.mails += 1;
    if (this.#closed || !link.session.reusable || link.mails >= this.#settings.mailsPerConnectionMax) {
      this.#end(link);
      return;
    }
    link.state = 'idle';
    link.timer = setTimeout(() => this.#end(link), this.#settings.idleMs);
  }

  #end(link: OpenLink): void {
    clearTimeout(link.timer);
    link.session.quit();
    this.#whenOver(link);
  }

  /** It has its place until the connection is gone, not only until goodbye is said. */
  #whenOver(link: OpenLink): void {
    link.state = 'ending';
    void link.session.over().then(() => {
      this.#links.delete(link);
      this.#changed();
    });
  }

  /** What only stands there makes room for a mail. */
  #giveWay(claim: Claim, by: 'domain' | 'host'): void {
    if (isUnder(this.#settings.connectionsMax, [...this.#links], claim, by)) return;
    const [idle] = this.#idle((link) => link[by] === claim[by]);
    if (idle !== undefined) this.#end(idle);
  }

  /** `instead`: of this connection. */
  #mayHave(claim: Claim, instead?: Link): boolean {
    const others = [...this.#links].filter((link) => link !== instead);
    const { connectionsMax } = this.#settings;
    return isUnder(connectionsMax, others, claim, 'domain') && isUnder(connectionsMax, others, claim, 'host');
  }

  #idle(isFit: (link: OpenLink) => boolean): OpenLink[] {
    const links: Link[] = [...this.#links];
    return links.filter(isOpen).filter((link) => link.state === 'idle' && isFit(link));
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #changed(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

interface Link {
  /** Of the mail that it was used for last. */
  domain: string;
  readonly host: string;
  readonly key: string;
  state: 'busy' | 'idle' | 'ending';
  mails: number;
  session?: SmtpSession;
  timer?: NodeJS.Timeout | undefined;
}

interface OpenLink extends Link {
  session: SmtpSession;
}

function isUnder(
  most: number,
  all: readonly Pick<Claim, 'domain' | 'host'>[],
  claim: Pick<Claim, 'domain' | 'host'>,
  by: 'domain' | 'host',
): boolean {
  return all.filter((one) => one[by] === claim[by]).length < most;
}

function isOpen(link: Link): link is OpenLink {
  return link.session !== undefined;
}

// Owns which connection a mail takes: one that stands idle and still answers, or a new one, never more
// than a few at once. It knows nothing of mails.

import type { SmtpSession } from './courier-session.ts';

export interface PoolSettings {
  readonly open: (signal: AbortSignal) => Promise<SmtpSession>;
  readonly connectionsMax: number;
  /** Many servers end a session after about a hundred mails. */
  readonly mailsPerConnectionMax: number;
  readonly idleMs: number;
}

export class SessionPool {
  readonly #settings: PoolSettings;
  #idle: IdleSession[] = [];
  #busy = 0;
  readonly #waiting: (() => void)[] = [];
  #closed = false;
  readonly #whenEmpty: (() => void)[] = [];

  constructor(settings: PoolSettings) {
    this.#settings = settings;
  }

  /** Runs the work with a session of its own. @throws StageFailure, and what the work throws. */
  async use<Result>(signal: AbortSignal, work: (session: SmtpSession) => Promise<Result>): Promise<Result> {
    await this.#enter();
    try {
      const { session, mails } = await this.#take(signal);
      try {
        return await work(session);
      } finally {
        this.#put(session, mails + 1);
      }
    } finally {
      this.#leave();
    }
  }

  /** Takes no more work, lets what is under way finish, and says goodbye on every connection. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const { session, timer } of this.#idle.splice(0)) {
      clearTimeout(timer);
      session.quit();
    }
    if (this.#busy > 0) await new Promise<void>((resolve) => this.#whenEmpty.push(resolve));
  }

  async #enter(): Promise<void> {
    if (this.#closed) throw new Error('The courier is closed');
    this.#busy += 1;
    // First come, first served: whoever is ahead began earlier and runs out of time earlier, so that
    // nobody waits longer than his own time allows.
    if (this.#busy > this.#settings.connectionsMax) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  #leave(): void {
    this.#busy -= 1;
    this.#waiting.shift()?.();
    if (this.#busy === 0) for (const resolve of this.#whenEmpty.splice(0)) resolve();
  }

  async #take(signal: AbortSignal): Promise<{ session: SmtpSession; mails: number }> {
    for (let idle = this.#idle.pop(); idle !== undefined; idle = this.#idle.pop()) {
      clearTimeout(idle.timer);
      try {
        await idle.session.reset(signal);
        return idle;
      } catch {
        // The server went away meanwhile, which says nothing about this mail: the next one, or a new one.
        idle.session.close();
      }
    }
    return { session: await this.#settings.open(signal), mails: 0 };
  }

  #put(session: SmtpSession, mails: number): void {
    if (this.#closed || !session.reusable || mails >= this.#settings.mailsPerConnectionMax) return session.quit();
    const timer = setTimeout(() => {
      this.#idle = this.#idle.filter((one) => one.session !== session);
      session.quit();
    }, this.#settings.idleMs);
    this.#idle.push({ session, mails, timer });
  }
}

interface IdleSession {
  readonly session: SmtpSession;
  readonly mails: number;
  readonly timer: NodeJS.Timeout;
}

// Owns what became of one mail that was handed to the next server: sent, or failed at which step of the
// SMTP dialogue and whether trying again can help. It never carries a reply's own words: servers quote
// addresses, hosts and content in them, and an outcome ends up in tables, logs and mails.

/** How the connection was protected on which the mail left. */
export type TlsState = 'verified' | 'unverified' | 'none';

/** The step of the dialogue, in its order. END is the time after the dot that ends the content. */
export type SmtpStage = 'CONNECT' | 'TLS' | 'GREETING' | 'EHLO' | 'AUTH' | 'MAIL' | 'RCPT' | 'DATA' | 'END';

/** The two numbers of a reply that are safe to keep: 550 and 5.1.1. */
export interface ReplyCodes {
  readonly code?: number;
  /** RFC 3463, only when its class agrees with the code. */
  readonly enhanced?: string;
}

/** One of several recipients that was refused although others were accepted; `n` counts from 0 in `to`. */
export interface RefusedRecipient extends ReplyCodes {
  readonly n: number;
  readonly permanent: boolean;
}

export interface SentOutcome {
  readonly kind: 'sent';
  /** "250 2.0.0": the numbers of the last reply, nothing else. */
  readonly response: string;
  readonly tls: TlsState;
  /** Only with several recipients, and only when some were refused. */
  readonly refused?: readonly RefusedRecipient[];
}

export interface FailedOutcome extends ReplyCodes {
  readonly kind: 'failed';
  /** True when the server will say the same to the next attempt. */
  readonly permanent: boolean;
  readonly stage: SmtpStage;
  /** Verified TLS was demanded for this mail and could not be had; nothing of the mail left. */
  readonly unverified?: true;
}

export type Outcome = SentOutcome | FailedOutcome;

export function sent(reply: string, tls: TlsState, refused: readonly RefusedRecipient[] = []): SentOutcome {
  const { code, enhanced } = replyCodes(reply);
  const response = [code, enhanced].filter((part) => part !== undefined).join(' ');
  return { kind: 'sent', response, tls, ...(refused.length > 0 ? { refused } : {}) };
}

/** The failure at a stage, by the server's reply, or without one when the connection was lost or timed out. */
export function failed(stage: SmtpStage, reply?: string): FailedOutcome {
  const codes = reply === undefined ? {} : replyCodes(reply);
  return { kind: 'failed', permanent: isPermanent(stage, codes.code), stage, ...codes };
}

/** The failure of a mail that must not leave without verified TLS. */
export function unverified(codes: ReplyCodes = {}): FailedOutcome {
  return { kind: 'failed', permanent: false, stage: 'TLS', unverified: true, ...codes };
}

/**
 * Whether this answer is about the mail or its recipient for good. Before MAIL every refusal is about us
 * or the server's state, which an administrator can mend, so the queue keeps the mail and tries again.
 */
export function isPermanent(stage: SmtpStage, code: number | undefined): boolean {
  if (code === undefined || code < 500 || code > 599) return false;
  return ABOUT_THE_MAIL.has(stage) && !ABOUT_THE_SESSION.has(code);
}

/** The numbers at the head of a reply; a text that does not begin like one gives none. */
export function replyCodes(reply: string): ReplyCodes {
  const [, code, enhanced] = REPLY.exec(reply) ?? [];
  if (code === undefined) return {};
  const agrees = enhanced !== undefined && enhanced[0] === code[0];
  return { code: Number(code), ...(agrees ? { enhanced } : {}) };
}

const ABOUT_THE_MAIL: ReadonlySet<SmtpStage> = new Set<SmtpStage>(['MAIL', 'RCPT', 'DATA', 'END']);

// 503 out of order, 530 authenticate or STARTTLS first, 534, 535, 538 the login is not good enough: said
// to us, not to the recipient, at whatever step they come (RFC 4954 section 6, RFC 3207 section 4).
const ABOUT_THE_SESSION: ReadonlySet<number> = new Set([503, 530, 534, 535, 538]);

// RFC 5321 section 4.2 and RFC 2034 section 4; the first line of a reply of several says enough.
const REPLY = /^([2-5]\d\d)(?:[ -]([245]\.\d{1,3}\.\d{1,3})(?![\d.]))?(?:[ -]|$)/;

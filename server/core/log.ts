// Owns what may stand in the log, and is the only file that imports pino. A field that is not on the list
// below is dropped, whatever it holds: no address, subject, token or text of a mail ever reaches the output.

import { createRequire } from 'node:module';
import pino from 'pino';
import type PinoPretty from 'pino-pretty';
import { displayLine } from './address.ts';
import { AppError } from './errors.ts';

export interface LogFields {
  /** Of a message, recipient, job or session row. */
  readonly id?: string | undefined;
  /** Which recipient of the message, counted from 0. */
  readonly recipientN?: number | undefined;
  /** Of an SMTP conversation: CONNECT, TLS, … */
  readonly stage?: string | undefined;
  /** A refusal's code, an SMTP reply code, or a system error's. */
  readonly code?: string | number | undefined;
  /** Enhanced status code, RFC 3463. */
  readonly enhanced?: string | undefined;
  readonly attempts?: number | undefined;
  readonly ms?: number | undefined;
  readonly bytes?: number | undefined;
  readonly count?: number | undefined;
  /** A stretch of time, ISO 8601 UTC. */
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly keyId?: string | undefined;
  readonly job?: string | undefined;
  /** HTTP status. */
  readonly status?: number | undefined;
  readonly method?: string | undefined;
  /** The route's pattern, `/m/:token`; never the path that was asked for. */
  readonly route?: string | undefined;
  /** One of our own words, never text from outside. */
  readonly reason?: string | undefined;
  /** Anything caught. Of an AppError code, sentence and detail are kept; of any other only name, code and stack frames. */
  readonly err?: unknown;
}

/** `event` names what happened in our own words: `mail.accepted`. */
type Write = (event: string, fields?: LogFields) => void;

export interface Log {
  readonly debug: Write;
  readonly info: Write;
  readonly warn: Write;
  readonly error: Write;
  /** A log that adds these fields to every line. */
  child(fields: LogFields): Log;
}

export interface LogOptions {
  readonly level: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  /** For a person at a terminal instead of a machine. */
  readonly pretty: boolean;
  /** Where the lines go; standard output when left out. */
  readonly output?: NodeJS.WritableStream | undefined;
}

const ALLOWED: readonly Exclude<keyof LogFields, 'err'>[] = [
  'id',
  'recipientN',
  'stage',
  'code',
  'enhanced',
  'attempts',
  'ms',
  'bytes',
  'count',
  'since',
  'until',
  'host',
  'port',
  'keyId',
  'job',
  'status',
  'method',
  'route',
  'reason',
];

const TEXT_CHARACTERS_MAX = 200;
const FRAMES_MAX = 10;
const CAUSES_MAX = 3;
const WITHHELD = '[withheld]';

/** JSON lines, or readable ones with `pretty`. */
export function createLog({ level, pretty, output }: LogOptions): Log {
  const destination = output ?? pino.destination({ fd: 1, sync: true });
  const options: pino.LoggerOptions = {
    level,
    base: null,
    messageKey: 'event',
    serializers: { err: (described: unknown) => described }, // pino's own would add the stack again
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
  };
  if (!pretty) return wrap(pino(options, destination), {});
  // Loaded for terminals only.
  const pinoPretty = createRequire(import.meta.url)('pino-pretty') as typeof PinoPretty;
  return wrap(
    pino(options, pinoPretty({ destination, messageKey: 'event', translateTime: 'SYS:HH:MM:ss', sync: true })),
    {},
  );
}

/** For tests, and for commands that speak to a person themselves. */
export const silentLog: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing, child: () => silentLog };

function nothing(): void {}

function wrap(logger: pino.Logger, always: LogFields): Log {
  const line = (event: string, fields: LogFields = {}): [Record<string, unknown>, string] => [
    allowed({ ...always, ...fields }),
    safeText(event),
  ];
  return {
    debug: (event, fields) => logger.debug(...line(event, fields)),
    info: (event, fields) => logger.info(...line(event, fields)),
    warn: (event, fields) => logger.warn(...line(event, fields)),
    error: (event, fields) => logger.error(...line(event, fields)),
    child: (fields) => wrap(logger, { ...always, ...fields }),
  };
}

/** Lists what is kept, rather than deleting what is not: types do not hold a caller to the list, this does. */
function allowed(fields: LogFields): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  for (const name of ALLOWED) {
    const value: unknown = fields[name];
    if (typeof value === 'number' || typeof value === 'boolean') kept[name] = value;
    else if (typeof value === 'string') kept[name] = name === 'route' ? safeRoute(value) : safeText(value);
  }
  if (fields.err !== undefined) kept['err'] = describe(fields.err, CAUSES_MAX);
  return kept;
}

function describe(error: unknown, causesMax: number): Record<string, unknown> {
  if (error instanceof AppError) {
    const detail = error.detail === undefined ? {} : { detail: safeText(error.detail) };
    return { name: error.name, code: error.code, message: safeText(error.message), ...detail };
  }
  if (!(error instanceof Error)) return { name: `thrown ${typeof error}` };
  const code: unknown = 'code' in error ? error.code : undefined;
  const cause = error.cause === undefined || causesMax === 0 ? {} : { cause: describe(error.cause, causesMax - 1) };
  return {
    name: safeText(error.name),
    ...(typeof code === 'number' || (typeof code === 'string' && /^[\w./-]{1,60}$/.test(code)) ? { code } : {}),
    frames: frames(error),
    ...cause,
  };
}

// A frame's two shapes: `at name (place:1:2)` and `at place:1:2`. A place is a file, a URL of one, or node's own.
const FRAME = /^at (?:async )?(?:[\w$.<> [\]#]{1,120} \()?(?:file:\/\/\/|\/|node:|[A-Z]:\\)[^\s()]{1,300}:\d+:\d+\)?$/;

/**
 * The stack without its head, which repeats the message. The message may hold line ends and may itself look
 * like frames: it is cut out by its own text first, and what remains must have a frame's shape. A stack whose
 * head is not that text (the message was changed after the throw) gives no frames at all.
 */
function frames(error: Error): string[] {
  const stack = error.stack ?? '';
  const head = error.message === '' ? error.name : error.message;
  const at = stack.indexOf(head);
  const rest = at === -1 ? '' : stack.slice(at + head.length);
  if (!rest.startsWith('\n')) return [];
  const lines = rest.split('\n').map((line) => line.trim());
  return lines
    .filter((line) => FRAME.test(line) && !line.replaceAll('node_modules/@', '').includes('@'))
    .slice(0, FRAMES_MAX);
}

/** One line of printable text. An `@` gives away an address that strayed into a field meant for something else. */
function safeText(text: string): string {
  return text.includes('@') ? WITHHELD : displayLine(text, TEXT_CHARACTERS_MAX);
}

/** A pattern has `:token` where a path has the token itself. */
function safeRoute(route: string): string {
  return /[\w-]{20,}|[?@]/.test(route) ? WITHHELD : safeText(route);
}

// Owns the reading and playing of the SMTP dialogues in this folder. It must never know whom it talks to: the
// listener alone and the whole program are driven by the same files.
//
//   # a comment; the first one says what the dialogue shows
//   WITH tls users      what the server must have; words the caller understands
//   C: NOOP             sends the line with CR LF; ${name} is replaced by a value of the caller
//   C:raw .\r\n         sends exactly these bytes in a segment of their own; \r \n \t \\ and \x00 are escapes
//   S: 250 2.0.0        the next reply line starts with this
//   S:/^250 \S+$/       the next reply line matches this
//   S:* 250             reads to the last line of a reply, which starts with this
//   S:has SIZE 1000     the reply to the last EHLO held this feature (S:hasnot: it did not); reads nothing
//   TLS                 the TLS handshake
//   END                 the server closes, saying nothing more
//   MAILS 1             so many mails were taken in by this dialogue

import assert from 'node:assert/strict';
import { connectSmtp, type PeerTls, type SmtpPeer } from '../support/smtp-dialog-peer.ts';

export interface Dialog {
  /** The words of its WITH line. */
  readonly needs: readonly string[];
  readonly steps: readonly Step[];
}

type Step = { readonly line: number; readonly text: string } & (
  | { readonly kind: 'send'; readonly bytes: string }
  | { readonly kind: 'expect'; readonly whole: boolean; readonly matches: (reply: string) => boolean }
  | { readonly kind: 'feature'; readonly feature: string; readonly offered: boolean }
  | { readonly kind: 'tls' }
  | { readonly kind: 'end' }
  | { readonly kind: 'mails'; readonly count: number }
);

export interface DialogServer {
  readonly host: string;
  readonly port: number;
  readonly tls?: PeerTls;
  /** The address to come from, for servers that tell peers apart. */
  readonly from?: string;
  /** How many mails have been taken in since the dialogue began. Without it MAILS is not checked. */
  readonly mails?: () => number | Promise<number>;
}

/** Plays a dialogue to its end; throws an AssertionError with the transcript at the first step that does not hold. */
export async function runDialog(dialog: Dialog, server: DialogServer): Promise<void> {
  const peer = await connectSmtp(server);
  let lastReply: string[] = [];
  try {
    for (const step of dialog.steps) {
      if (step.kind === 'send') {
        lastReply = [];
        await peer.write(Buffer.from(step.bytes, 'latin1'));
      } else if (step.kind === 'feature') {
        const found = lastReply.some((line) => line.slice(4) === step.feature);
        assert.equal(found, step.offered, explain(step, peer, lastReply.join(' | ')));
      } else if (step.kind === 'mails') {
        if (server.mails !== undefined) assert.equal(await server.mails(), step.count, explain(step, peer));
      } else if (step.kind === 'tls') {
        assert.ok(server.tls !== undefined, 'the dialogue needs TLS');
        await peer.upgrade(server.tls);
      } else if (step.kind === 'end') {
        assert.deepEqual(await peer.closed(), [], explain(step, peer));
      } else {
        const reply = step.whole ? await peer.reply() : [(await peer.line()) ?? 'nothing: the server closed'];
        lastReply.push(...reply);
        assert.ok(step.matches(reply.at(-1) ?? ''), explain(step, peer, reply.at(-1)));
      }
    }
  } finally {
    peer.destroy();
  }
}

/** Reads a dialogue. A line that is none of the above throws, so that a misspelt check cannot pass. */
export function parseDialog(text: string, values: Readonly<Record<string, string>> = {}): Dialog {
  const needs: string[] = [];
  const steps: Step[] = [];
  text.split('\n').forEach((raw, index) => {
    const line = raw.replace(/\$\{(\w+)\}/g, (_, name: string) => {
      const value = values[name];
      if (value === undefined) throw new Error(`line ${index + 1}: no value for ${name}`);
      return value;
    });
    if (line === '' || line.startsWith('#')) return;
    if (line.startsWith('WITH ')) needs.push(...line.slice(5).split(' '));
    else steps.push({ line: index + 1, text: line, ...parseStep(line, index + 1) });
  });
  if (steps.length === 0) throw new Error('a dialogue without a step');
  return { needs, steps };
}

function parseStep(line: string, number: number) {
  const mails = /^MAILS (\d+)$/.exec(line)?.[1];
  const pattern = /^S:\/(.*)\/$/.exec(line)?.[1];
  if (line === 'TLS') return { kind: 'tls' } as const;
  if (line === 'END') return { kind: 'end' } as const;
  if (mails !== undefined) return { kind: 'mails', count: Number(mails) } as const;
  if (line === 'C:') return { kind: 'send', bytes: '\r\n' } as const;
  if (line.startsWith('C: '))
    return { kind: 'send', bytes: `${Buffer.from(line.slice(3)).toString('latin1')}\r\n` } as const;
  if (line.startsWith('C:raw ')) return { kind: 'send', bytes: unescape(line.slice(6), number) } as const;
  if (line.startsWith('S:has ')) return { kind: 'feature', feature: line.slice(6), offered: true } as const;
  if (line.startsWith('S:hasnot ')) return { kind: 'feature', feature: line.slice(9), offered: false } as const;
  if (line.startsWith('S: ')) return { kind: 'expect', whole: false, matches: startsWith(line.slice(3)) } as const;
  if (line.startsWith('S:* ')) return { kind: 'expect', whole: true, matches: startsWith(line.slice(4)) } as const;
  if (pattern !== undefined) {
    const regex = new RegExp(pattern);
    return { kind: 'expect', whole: false, matches: (reply: string) => regex.test(reply) } as const;
  }
  throw new Error(`line ${number}: not a step: ${line}`);
}

function startsWith(prefix: string): (reply: string) => boolean {
  return (reply) => reply.startsWith(prefix);
}

const ESCAPES: Readonly<Record<string, string>> = { r: '\r', n: '\n', t: '\t', '\\': '\\' };

function unescape(text: string, number: number): string {
  return Buffer.from(text)
    .toString('latin1')
    .replace(/\\(?:x([0-9a-f]{2})|(.?))/gi, (_, hex: string | undefined, letter: string | undefined) => {
      const value = hex === undefined ? ESCAPES[letter ?? ''] : String.fromCharCode(Number.parseInt(hex, 16));
      if (value === undefined) throw new Error(`line ${number}: unknown escape \\${letter}`);
      return value;
    });
}

function explain(step: Step, peer: SmtpPeer, found = ''): string {
  return `line ${step.line}: ${step.text}\nfound: ${found}\n${peer.transcript.join('\n')}`;
}

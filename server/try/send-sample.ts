// Owns the command behind `npm run try`: it hands one sample message to the running Sealpost, by SMTP as an
// organisation's own server would, and says what came of it. It never touches the store.

import { ConfigError, loadConfig, readEnvironment, type Config } from '../config.ts';
import { parseAddress, type Address, type Mailbox } from '../core/address.ts';
import { MINUTE_MS, SECOND_MS, systemClock } from '../core/clock.ts';
import { isMessageId } from '../core/ids.ts';
import { StageFailure } from '../mail/courier-failure.ts';
import { openSession } from '../mail/courier-session.ts';
import { sampleMail } from './sample-mail.ts';

export interface SampleOptions {
  readonly config: Pick<Config, 'portal' | 'smtp' | 'org' | 'tryOut'>;
  readonly at: Date;
  /** Takes the lines that the person shall read. */
  readonly print: (line: string) => void;
}

/** Sends the sample to two recipients in one mail. True when the server took it. */
export async function sendSample({ config, at, print }: SampleOptions): Promise<boolean> {
  const { host, port } = reachable(config.smtp);
  const from: Mailbox = { name: 'Alice Example', address: address(`alice@${config.org.domains[0] ?? ''}`) };
  const to: readonly Mailbox[] = [
    { name: 'Bob Recipient', address: address('bob@recipient.example') },
    { name: 'Carol Partner', address: address('carol@partner.example') },
  ];
  const mail = sampleMail({ from, to, at });
  try {
    const reply = await submit(
      { host, port },
      from.address,
      to.map((one) => one.address),
      mail.raw,
    );
    const [, id] = /^250 2\.0\.0 <?([^\s<>]+)/.exec(reply) ?? [];
    print(`Sent "${mail.subject}"`);
    print(`  from     ${from.name} <${from.address}>`);
    print(`  to       ${to.map((one) => one.address).join(', ')}`);
    print(`  answer   ${reply}`);
    print(`  id       ${isMessageId(id) ? id : 'none: this is not how Sealpost answers'}`);
    print(
      config.tryOut
        ? `Next, read the notices in ${config.portal.baseUrl}/try/mailbox`
        : 'The notices leave by way of RELAY_URL.',
    );
    return isMessageId(id);
  } catch (error) {
    if (!(error instanceof StageFailure)) throw error;
    print(explained(error, `${host}:${port}`));
    return false;
  }
}

async function submit(
  where: { host: string; port: number },
  from: Address,
  to: readonly Address[],
  raw: Buffer,
): Promise<string> {
  const signal = AbortSignal.timeout(2 * MINUTE_MS);
  const session = await openSession(
    {
      relay: { ...where, implicitTls: false, login: undefined },
      // On this machine and with a made-up mail: whatever certificate the listener has is good enough.
      verify: false,
      startTls: 'offered',
      caPem: undefined,
      name: 'localhost',
      connectMs: 5 * SECOND_MS,
      greetingMs: 10 * SECOND_MS,
      socketMs: 30 * SECOND_MS,
      endMs: MINUTE_MS,
    },
    signal,
  );
  try {
    const { reply } = await session.send({ from, to }, raw, signal);
    return reply;
  } finally {
    session.quit();
  }
}

/** A listener on all addresses is reached by loopback. */
function reachable({ host, port }: { host: string; port: number }): { host: string; port: number } {
  if (host === '0.0.0.0') return { host: '127.0.0.1', port };
  return { host: host === '::' ? '::1' : host, port };
}

/** The server is the person's own and the mail is made up, so here, and only here, its words may be shown. */
function explained({ stage, reply }: StageFailure, where: string): string {
  if (stage === 'CONNECT')
    return `Nothing listens on ${where}. Start Sealpost with \`npm start\`, leave it running, and try again.`;
  return `${where} did not take the sample: ${reply === undefined ? `the connection was lost at ${stage}` : `at ${stage} it answered "${reply}"`}`;
}

function address(text: string): Address {
  const parsed = parseAddress(text);
  if (parsed === undefined) throw new Error('the sample needs an address');
  return parsed;
}

if (import.meta.main) {
  const print = (line: string): void => void process.stdout.write(`${line}\n`);
  try {
    const config = loadConfig(readEnvironment().env);
    process.exitCode = (await sendSample({ config, at: new Date(systemClock.nowMs()), print })) ? 0 : 1;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    print(error.message);
    process.exitCode = 1;
  }
}

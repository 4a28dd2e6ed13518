// Owns a private Postfix for tests: a real mail server on loopback with its own folders, which takes mail
// for any address and delivers it into a Maildir. It never touches the system's own Postfix and never
// sends anything on.

import { spawn } from 'node:child_process';
import { accessSync, chmodSync, chownSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from './free-port.ts';

export interface PostfixSettings {
  /** An empty folder that all users may enter. */
  dir: string;
  /** A free one when absent. */
  port?: number;
  /** Offered by STARTTLS. */
  tls?: { certFile: string; keyFile: string };
  /** Demand STARTTLS before MAIL. */
  requireTls?: boolean;
  /** Addresses that are refused with 550 5.1.1 at RCPT. */
  refuse?: readonly string[];
  messageBytesMax?: number;
  /** The port of sasl.ts: whoever is asked for a sign-in is asked there, and nobody sends without one. */
  sasl?: number;
  /** With a client that hands mail on, to where a FILTER or a transport says. */
  outgoing?: boolean;
  /** More lines of main.cf. */
  more?: Readonly<Record<string, string>>;
  /** Put every mail into the hold queue and leave it there. */
  hold?: boolean;
}

export interface Postfix {
  readonly port: number;
  /** The mails delivered to this address until now, oldest first, whole, with LF as line end. */
  mailbox(address: string): Promise<string[]>;
  /** The same, once there are `count` of them. @throws Error with the log's end after half a minute. */
  arrived(address: string, count?: number): Promise<string[]>;
  log(): string;
  /** How many mails lie in the hold queue. */
  held(): number;
  stop(): Promise<void>;
}

/** Why Postfix cannot run here, or undefined when it can: for the one loud line of a skipped test. */
export function postfixMissing(): string | undefined {
  try {
    accessSync(POSTFIX);
  } catch {
    return `SKIPPED: ${POSTFIX} is not installed (apt-get install postfix)`;
  }
  return process.getuid?.() === 0 ? undefined : 'SKIPPED: only root can start a private Postfix';
}

/** @throws Error with the end of Postfix's log when it does not come up within half a minute. */
export async function startPostfix(settings: PostfixSettings): Promise<Postfix> {
  const { dir } = settings;
  const port = settings.port ?? (await freePort());
  chmodSync(dir, 0o755); // mkdtemp makes it root's alone, but the daemons are not root
  const [config, inbox, logFile] = [join(dir, 'config'), join(dir, 'mail'), join(dir, 'postfix.log')];
  for (const folder of [config, join(dir, 'queue'), join(dir, 'data'), inbox]) mkdirSync(folder, { recursive: true });
  chownSync(join(dir, 'data'), idOf('/etc/passwd', 'postfix'), 0);
  chownSync(inbox, MAIL_UID, MAIL_UID);
  writeFileSync(
    join(config, 'refused'),
    (settings.refuse ?? []).map((one) => `${one} 550 5.1.1 no such mailbox\n`).join(''),
  );
  writeFileSync(join(config, 'main.cf'), mainCf(settings, dir));
  writeFileSync(join(config, 'master.cf'), masterCf(port, settings.outgoing === true));

  const starter = spawn(POSTFIX, ['-c', config, 'start-fg'], { stdio: ['ignore', 'ignore', 'pipe'] });
  let complaints = '';
  starter.stderr.on('data', (chunk: Buffer) => (complaints += chunk.toString()));
  const ended = new Promise<void>((resolve) => starter.once('exit', () => resolve()));
  const log = (): string => complaints + readText(logFile);

  const mailbox = (address: string): Promise<string[]> => {
    const wanted = `delivered-to: ${address.toLowerCase()}`;
    const mails = readFolder(join(inbox, 'inbox', 'new')).map((name) => readText(join(inbox, 'inbox', 'new', name)));
    return Promise.resolve(mails.filter((mail) => headerLines(mail).includes(wanted)));
  };
  const arrived = async (address: string, count = 1): Promise<string[]> => {
    for (let tries = 0; tries < 600; tries += 1) {
      const mails = await mailbox(address);
      if (mails.length >= count) return mails;
      await pause(50);
    }
    throw new Error(`no ${count} mails for ${address}:\n${log().slice(-4_000)}`);
  };
  // What was spawned is a shell that waits for the master, which left its process id in a file.
  const end = (): void => {
    const master = Number(readText(join(dir, 'queue', 'pid', 'master.pid')));
    const target = master > 1 ? master : starter.pid;
    if (starter.exitCode === null && target !== undefined) process.kill(target, 'SIGTERM');
  };
  process.once('exit', end);
  const stop = async (): Promise<void> => {
    process.off('exit', end);
    end();
    await ended;
  };

  for (let tries = 0; !(await greets(port)); tries += 1) {
    if (tries < 600 && starter.exitCode === null) {
      await pause(50);
      continue;
    }
    await stop();
    throw new Error(`Postfix did not start:\n${log().slice(-4_000)}`);
  }
  return { port, mailbox, arrived, log, held: () => readFolder(join(dir, 'queue', 'hold')).length, stop };
}

const POSTFIX = '/usr/sbin/postfix';
const MAIL_UID = 65_534;

function mainCf(settings: PostfixSettings, dir: string): string {
  const { tls } = settings;
  const lines: Record<string, string | number> = {
    compatibility_level: 3.6,
    queue_directory: join(dir, 'queue'),
    data_directory: join(dir, 'data'),
    meta_directory: '/etc/postfix',
    maillog_file: join(dir, 'postfix.log'),
    maillog_file_prefixes: dir,
    myhostname: 'relay.example.com',
    mydestination: '',
    inet_interfaces: '127.0.0.1',
    inet_protocols: 'ipv4',
    mynetworks: '127.0.0.0/8',
    alias_maps: '',
    local_recipient_maps: '',
    smtputf8_enable: 'no',
    biff: 'no',
    in_flow_delay: '0s',
    message_size_limit: settings.messageBytesMax ?? 60_000_000,
    virtual_mailbox_limit: 0,
    // Every domain is ours, and every mailbox is the same Maildir; Delivered-To tells them apart.
    virtual_mailbox_domains: 'static:ours',
    virtual_mailbox_base: join(dir, 'mail'),
    virtual_mailbox_maps: 'static:inbox/',
    virtual_uid_maps: `static:${MAIL_UID}`,
    virtual_gid_maps: `static:${MAIL_UID}`,
    virtual_transport: 'virtual',
    smtpd_recipient_restrictions: `check_recipient_access texthash:${join(dir, 'config', 'refused')}, permit_mynetworks, reject`,
    smtpd_tls_security_level: tls === undefined ? 'none' : settings.requireTls ? 'encrypt' : 'may',
    ...(settings.sasl === undefined
      ? {}
      : {
          smtpd_sasl_auth_enable: 'yes',
          smtpd_sasl_type: 'dovecot',
          smtpd_sasl_path: `inet:127.0.0.1:${settings.sasl}`,
          smtpd_tls_auth_only: 'yes',
          smtpd_sender_restrictions: 'permit_sasl_authenticated, reject',
        }),
    ...(settings.hold === true ? { smtpd_client_restrictions: 'static:HOLD' } : {}),
    ...(tls === undefined ? {} : { smtpd_tls_cert_file: tls.certFile, smtpd_tls_key_file: tls.keyFile }),
    smtpd_tls_received_header: 'yes',
    smtpd_peername_lookup: 'no', // would wait for a DNS that may not be there
    ...settings.more,
  };
  return Object.entries(lines)
    .map(([name, value]) => `${name} = ${value}\n`)
    .join('');
}

function masterCf(port: number, outgoing: boolean): string {
  const services: [string, string, string, string][] = [
    [`127.0.0.1:${port}`, 'inet', '-', 'smtpd'],
    ['cleanup', 'unix', '0', 'cleanup'],
    ['qmgr', 'unix', '1', 'qmgr'],
    ['tlsmgr', 'unix', '1', 'tlsmgr'],
    ['rewrite', 'unix', '-', 'trivial-rewrite'],
    ['bounce', 'unix', '0', 'bounce'],
    ['defer', 'unix', '0', 'bounce'],
    ['trace', 'unix', '0', 'bounce'],
    ['error', 'unix', '-', 'error'],
    ['retry', 'unix', '-', 'error'],
    ['virtual', 'unix', '-', 'virtual'],
    ['anvil', 'unix', '1', 'anvil'],
    ['proxymap', 'unix', '-', 'proxymap'],
    ['postlog', 'unix-dgram', '1', 'postlogd'],
    ...(outgoing ? ([['smtp', 'unix', '-', 'smtp']] satisfies [string, string, string, string][]) : []),
  ];
  // service, type, private, unprivileged, chroot, wakeup, processes, command; virtual(8) must be root.
  return services
    .map(([name, type, processes, command]) => {
      const open = type === 'unix' && name !== 'cleanup' && name !== 'qmgr' ? '-' : 'n';
      return `${name} ${type} ${open} ${name === 'virtual' ? 'n' : '-'} n - ${processes} ${command}\n`;
    })
    .join('');
}

function greets(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const settle = (greeted: boolean): void => {
      socket.destroy();
      resolve(greeted);
    };
    socket.once('data', (chunk: Buffer) => settle(chunk.toString().startsWith('220')));
    socket.once('error', () => settle(false));
    socket.once('end', () => settle(false));
  });
}

function headerLines(mail: string): string[] {
  return mail.slice(0, mail.indexOf('\n\n')).toLowerCase().split('\n');
}

function readFolder(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return []; // made by the first delivery
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}

function idOf(file: string, name: string): number {
  const line = readFileSync(file, 'utf8')
    .split('\n')
    .find((one) => one.startsWith(`${name}:`));
  return Number(line?.split(':')[2] ?? 0);
}

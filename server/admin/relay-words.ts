// Owns saying what came of trying a relay: each step of the dialogue, why it ended, and the cure. Pure; a relay's own words are
// never among them.

import { faultWords } from '../delivery/test-domain.ts';
import { readCertificate } from '../crypto/server-certificate.ts';
import type { RelayTrial } from '../mail/courier-trial.ts';
import type { RelayFields, RelayTrialView, TrialStepView } from '../render/page-models/setup.ts';

/** What was asked for. */
export type Tried = Pick<RelayFields, 'host' | 'port' | 'security' | 'tls' | 'user' | 'from' | 'to'>;

type Step = 'NAME' | 'CONNECT' | 'GREETING' | 'TLS' | 'AUTH' | 'MAIL' | 'RCPT' | 'DATA';

const names: Readonly<Record<Step, string>> = {
  NAME: 'Name',
  CONNECT: 'Connection',
  GREETING: 'Greeting',
  TLS: 'TLS',
  AUTH: 'Sign-in',
  MAIL: 'Sender',
  RCPT: 'Recipient',
  DATA: 'Content',
};

export function trialView(tried: Tried, trial: RelayTrial): Omit<RelayTrialView, 'result'> {
  const went = trial.failedAt === undefined;
  const told = went ? wentWords(tried, trial) : failureWords(tried, trial);
  return { went, ...told, steps: stepsOf(tried, trial) };
}

function wentWords({ to, tls }: Tried, { tls: had }: RelayTrial): { outcome: string; cure: string } {
  const how =
    had === 'verified'
      ? 'over TLS with a certificate that checks out'
      : had === 'unverified'
        ? 'over TLS, without knowing to whom'
        : 'in clear';
  const weak = had !== 'verified' && tls !== 'verified';
  return {
    outcome: `The relay took the test mail, ${how}. Look whether it arrives at ${to}.`,
    cure: weak ? 'Better is RELAY_TLS=verified, where the relay has a certificate for its name.' : '',
  };
}

function failureWords(tried: Tried, trial: RelayTrial): { outcome: string; cure: string } {
  const { host, port, from, to } = tried;
  const [implicitTls, hasLogin] = [tried.security === 'tls', tried.user !== ''];
  const { failedAt, code } = trial;
  const answer = code === undefined ? '' : ` It answered ${[code, trial.enhanced].filter(Boolean).join(' ')}.`;
  switch (failedAt) {
    case 'NAME':
      return {
        outcome: `The name ${host} leads to no address.`,
        cure: 'Look for a slip in it, and whether this machine’s DNS works.',
      };
    case 'CONNECT':
      return {
        outcome: `Nothing answers at ${host}, port ${port}.`,
        cure: 'Look whether the port is right (587 or 465 for submission, 25 between servers) and whether a firewall lets this machine out to it.',
      };
    case 'GREETING':
    case 'EHLO':
      return code === undefined
        ? {
            outcome: 'Something answers, and does not speak SMTP in time.',
            cure: implicitTls
              ? 'Look whether a mail server listens at that port.'
              : 'Port 465 begins with TLS at once: choose that. Otherwise look whether a mail server listens at that port.',
          }
        : {
            outcome: `The relay turns this machine away at the door.${answer}`,
            cure: 'Have its operator allow the address of this machine, or wait if it is busy (421).',
          };
    case 'TLS':
      return tlsWords(tried, trial, answer);
    case 'AUTH':
      return code === undefined
        ? {
            outcome: 'The relay offers no sign-in on this connection.',
            cure: 'Try port 587 or 465; or leave user and password out if it knows this machine by its address.',
          }
        : {
            outcome: `The relay refuses the sign-in.${answer}`,
            cure: 'Look at user and password. Some providers want a password made for programs, or the whole address as user.',
          };
    case 'MAIL':
      return {
        outcome: `The relay does not take mail from ${from}.${answer}`,
        cure: hasLogin
          ? 'Have its operator allow this user to send as MAIL_FROM.'
          : 'It may want a sign-in first, or has to be told that MAIL_FROM is one of its own.',
      };
    case 'RCPT':
      return {
        outcome: `The relay does not take mail for ${to}.${answer}`,
        cure: 'If the address is right, the relay has to be allowed to pass mail on for this machine or user: notices go to other people’s domains.',
      };
    case 'DATA':
    case 'END':
    case undefined:
      return {
        outcome: `The relay took sender and recipient, and refused the mail itself.${answer}`,
        cure: 'Its log says why: a filter, a limit, or a rule about the author.',
      };
  }
}

function tlsWords({ security }: Tried, { peer, code }: RelayTrial, answer: string): { outcome: string; cure: string } {
  if (peer !== undefined) {
    const [der] = peer.chain;
    const leaf = der === undefined ? undefined : readCertificate(der);
    return {
      outcome: `The relay speaks TLS, and its certificate does not check out. ${faultWords(peer.fault, leaf)}`,
      cure: 'Name the relay as its certificate does, or have it get another. An authority of your own is trusted by NODE_EXTRA_CA_CERTS. RELAY_TLS=required takes any certificate, and with it whoever answers.',
    };
  }
  if (security === 'tls' && code === undefined) {
    return {
      outcome: 'The port does not begin with TLS, or the handshake fails.',
      cure: 'Ports 587 and 25 begin in clear and go on with STARTTLS: choose that. Otherwise the relay may know only TLS that is too old.',
    };
  }
  return {
    outcome: `The relay offers no TLS, or the handshake fails.${answer}`,
    cure: 'Have TLS set up on it. Only for a relay on this machine or in a network that you trust: RELAY_TLS=opportunistic.',
  };
}

function stepsOf(tried: Tried, { failedAt, tls }: RelayTrial): TrialStepView[] {
  const begin: Step[] =
    tried.security === 'tls' ? ['NAME', 'CONNECT', 'TLS', 'GREETING'] : ['NAME', 'CONNECT', 'GREETING', 'TLS'];
  const order: Step[] = [...begin, 'AUTH', 'MAIL', 'RCPT', 'DATA'];
  const end = failedAt === undefined ? order.length : order.indexOf(stepOf(failedAt));
  return order.map((step, n): TrialStepView => {
    const name = names[step];
    if (n === end) return { name, state: { words: 'Failed', tone: 'bad' }, words: '' };
    if (n > end) return { name, state: { words: 'Not reached', tone: 'off' }, words: '' };
    if (step === 'AUTH' && tried.user === '')
      return { name, state: { words: 'Not asked', tone: 'off' }, words: 'No user was given.' };
    if (step === 'TLS' && tls === 'none')
      return { name, state: { words: 'None', tone: 'waiting' }, words: 'The mail left in clear.' };
    if (step === 'TLS' && tls === 'unverified')
      return { name, state: { words: 'Not verified', tone: 'waiting' }, words: 'Any certificate is taken.' };
    return { name, state: { words: 'Good', tone: 'good' }, words: '' };
  });
}

function stepOf(failedAt: NonNullable<RelayTrial['failedAt']>): Step {
  return failedAt === 'EHLO' ? 'GREETING' : failedAt === 'END' ? 'DATA' : failedAt;
}

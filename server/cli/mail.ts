// Owns the commands about mail that leaves.

import { join } from 'node:path';
import type { Command } from 'commander';
import { domainOf, parseAddress } from '../core/address.ts';
import { DEFAULT_LANGUAGE } from '../language/languages.ts';
import { wordsIn } from '../language/words.ts';
import { AppError } from '../core/errors.ts';
import { DEFAULT_BRAND_ID, getBrand } from '../brands/brand.store.ts';
import { mailBrand } from '../brands/mail-brand.ts';
import { composeDelivery } from '../compose-delivery.ts';
import { makeCourier } from '../courier-choice.ts';
import { newId } from '../crypto/random.ts';
import { silentLog } from '../core/log.ts';
import { composeMail } from '../mail/compose.ts';
import { ownMailId } from '../mail/own-mail-id.ts';
import { loadTemplates } from '../render/templates.ts';
import { withStore } from './with-store.ts';
import type { Desk } from './with-store.ts';

export function registerMail(program: Command): void {
  program
    .command('mail')
    .description('Mail that leaves')
    .command('test')
    .argument('<address>')
    .description('Send a test mail and say at which step it failed, if it did')
    .action((address: string) => withStore((desk) => sendTest(desk, address)));
}

async function sendTest({ config, store, print }: Desk, text: string): Promise<void> {
  const to = parseAddress(text);
  if (to === undefined) throw new AppError('mail/recipients', 'This is not a mail address.');
  const { db, keyring, vault } = store;
  const brand = await getBrand(db, DEFAULT_BRAND_ID, config.org.name);
  const words = wordsIn(DEFAULT_LANGUAGE);
  const templates = loadTemplates(join(import.meta.dirname, '../../views'));
  const host = domainOf(config.mailFrom.address);
  const raw = await composeMail({
    from: config.mailFrom,
    to: { address: to, name: '' },
    subject: `Test mail from ${brand.name}`,
    ...templates.mail('test', words, { brand: mailBrand({ ...brand, logoPng: undefined }) }),
    mailId: ownMailId(newId(vault.clock), host),
    date: new Date(vault.clock.nowMs()),
    loopMark: host,
  });
  const delivery = composeDelivery(config, store);
  const courier = makeCourier(config, { db, keyring, clock: vault.clock }, delivery, silentLog);
  try {
    const outcome = await courier.send({ from: config.mailFrom.address, to, raw });
    if (outcome.kind === 'sent') {
      print(`Taken by the relay: ${outcome.response} (TLS: ${outcome.tls}).`);
      return;
    }
    const codes = [outcome.code, outcome.enhanced].filter((part) => part !== undefined).join(' ');
    print(`Failed at ${outcome.stage}${codes === '' ? '' : `: ${codes}`}.`);
    process.exitCode = 1;
  } finally {
    await courier.close();
    await delivery.courier.close();
  }
}

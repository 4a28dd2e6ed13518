// Owns what every mail of ours needs: the store it is made from, the templates, the courier and our name.

import { displayLine, nameOf } from '../core/address.ts';
import type { MessagesTable, RecipientsTable } from '../db/tables/messages.ts';
import type { Address, Mailbox } from '../core/address.ts';
import { limits } from '../core/limits.ts';
import type { Brand } from '../brands/brand.store.ts';
import { mailBrand, senderNameOf } from '../brands/mail-brand.ts';
import type { Turns } from '../core/turns.ts';
import type { Db } from '../db/engine.ts';
import type { Delivery } from '../delivery/delivery.ts';
import type { Words } from '../language/words.ts';
import type { InlineImage, OutgoingMail } from '../mail/compose.ts';
import type { Courier } from '../mail/courier.ts';
import type { Vault } from '../messages/seal.ts';
import type { MailModels } from '../render/mail-models.ts';
import type { Templates } from '../render/templates.ts';

export interface MailDeps {
  readonly db: Db;
  readonly vault: Vault;
  readonly templates: Templates;
  readonly courier: Courier;
  readonly delivery: Delivery;
  readonly mailFrom: Mailbox;
  /** Without a trailing slash. */
  readonly publicUrl: string;
  readonly orgName: string;
  readonly orgDomains: readonly string[];
  readonly mailIdHost: string;
  /** Name of the server that mail is handed to, where it has one that readers may see. */
  readonly relayHost: string | undefined;
  readonly passcodeMinutes: number;
  /** Codes that were asked for to write first go to addresses that nobody here has met. */
  readonly strangersMayWrite: boolean;
  /** Each mail that is encrypted is held in memory whole, and more than once. */
  readonly smimeTurns: Turns;
  /** Whether the courier hands mail for this domain to the domain's own server. */
  readonly isOwnServer: (domain: string) => Promise<boolean>;
}

/** What a job is about. */
export interface Subject {
  readonly message: MessagesTable;
  readonly recipient: RecipientsTable;
}

/** One mail on its way: the envelope and its bytes. */
export interface Letter {
  readonly from: Address | '';
  readonly to: Address;
  readonly mail: OutgoingMail;
}

/** "Alice Example via Example Ltd": whose message it is, beside the address that it really comes from. */
export function onBehalfOf(deps: MailDeps, author: Mailbox, brand: Brand, words: Words): Mailbox {
  const named = (name: string): string =>
    words.mark('mail.from-organisation', { author: name, organisation: senderNameOf(brand) }, {});
  // The author's name gives way: who answers for the mail must not be cut off.
  const room = Math.max(1, limits.displayNameCharactersMax - named('').length);
  const name = named(displayLine(nameOf(author), room));
  return { address: deps.mailFrom.address, name: displayLine(name, limits.displayNameCharactersMax) };
}

/** The texts of a mail from its template, with the brand's logo when there is one. */
export function writeMail<K extends keyof MailModels>(
  deps: MailDeps,
  name: K,
  brand: Brand,
  words: Words,
  model: Omit<MailModels[K], 'brand'>,
): Pick<OutgoingMail, 'text' | 'html' | 'inline'> {
  // Every mail model is its own fields and the brand.
  const { html, text } = deps.templates.mail(name, words, {
    ...model,
    brand: mailBrand(brand),
  } as MailModels[K]);
  return { html, text, inline: logo(brand) };
}

function logo(brand: Brand): InlineImage[] {
  if (brand.logoPng === undefined) return [];
  return [{ cid: 'logo', filename: 'logo.png', contentType: 'image/png', content: brand.logoPng }];
}

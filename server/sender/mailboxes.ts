// Owns for which mailboxes a sender acts: their own, and the shared ones they are a delegate of. Which one a page is about
// stands in its address under a name that tells no address; whoever is no delegate finds no such page.

import type { Request } from 'express';
import type { Address } from '../core/address.ts';
import { canonicalAddress } from '../core/address.ts';
import { addressIndex } from '../crypto/address-index.ts';
import { noSuchPage } from '../http/nothing-here.ts';
import type { Site } from '../http/site.ts';
import { visitOf } from '../http/visit.ts';
import type { Session } from '../signin/sessions.store.ts';

export interface Mailbox {
  readonly address: Address;
  readonly addressIndex: string;
  /** Names it in the address of a page; undefined: the sender's own. */
  readonly key: string | undefined;
}

const KEY_CHARACTERS = 22;

/** The sender's own first. */
export function mailboxesOf(site: Site, req: Request, session: Session): readonly [Mailbox, ...Mailbox[]] {
  const own = { address: session.address, addressIndex: session.addressIndex, key: undefined };
  const shared = visitOf(req).standing.mailboxes.map((address) => ({
    address,
    addressIndex: addressIndex(site.keyring, address),
    key: site.keyring.macText('mailbox', canonicalAddress(address)).slice(0, KEY_CHARACTERS),
  }));
  return [own, ...shared.filter((mailbox) => mailbox.addressIndex !== own.addressIndex)];
}

/** The one that the page's address names. Throws request/not-found. */
export function chosenMailbox(site: Site, req: Request, session: Session): Mailbox {
  const { mailbox } = req.query;
  const chosen = mailboxesOf(site, req, session).find(({ key }) => key === mailbox);
  if (chosen === undefined) throw noSuchPage();
  return chosen;
}

export function sentUrl({ base }: Site, mailbox: Mailbox): string {
  return `${base}/sent${queryFor(mailbox)}`;
}

/** Where a message is written in its name. */
export function composeUrl({ base }: Site, mailbox: Mailbox): string {
  return `${base}/compose${queryFor(mailbox)}`;
}

function queryFor({ key }: Mailbox): string {
  return key === undefined ? '' : `?mailbox=${key}`;
}

// Owns what of a challenge lies sealed in its rows: whom it is for, and the letters that name each code.

import type { Address } from '../core/address.ts';
import { parseAddress } from '../core/address.ts';
import type { Keyring } from '../crypto/keyring.ts';
import type { SealedColumn } from '../db/sealed-column.ts';
import type { ChallengesTable, CodesTable } from '../db/tables/signin.ts';

export function sealAddress(keyring: Keyring, challengeId: string, address: Address): Buffer {
  return keyring.sealRecord(addressContext(challengeId), address);
}

export function openAddress(keyring: Keyring, row: ChallengesTable): Address {
  const address = parseAddress(keyring.openRecord(addressContext(row.id), row.sealed_address).toString('utf8'));
  if (address === undefined) throw new Error('a challenge holds no address');
  return address;
}

export function sealReference(keyring: Keyring, codeId: string, reference: string): Buffer {
  return keyring.sealRecord(referenceContext(codeId), reference);
}

export function openReference(keyring: Keyring, row: CodesTable): string {
  return keyring.openRecord(referenceContext(row.id), row.sealed_reference).toString('utf8');
}

export const challengeRecords: SealedColumn = {
  table: 'challenges',
  key: 'id',
  before: '',
  column: 'sealed_address',
  name: (id) => addressContext(String(id)),
};

export const codeRecords: SealedColumn = {
  table: 'codes',
  key: 'id',
  before: '',
  column: 'sealed_reference',
  name: (id) => referenceContext(String(id)),
};

function addressContext(challengeId: string): string {
  return `challenge ${challengeId}`;
}

function referenceContext(codeId: string): string {
  return `code ${codeId}`;
}

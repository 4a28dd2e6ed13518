// Owns whether a demand on readers can be met by anybody here. One that nobody can meet would seal a message for good.

import type { Offers } from './asks.ts';

/** `hasPhrase`: the sender set an access phrase. */
export function canBeMet(demand: string, { accounts, passkeys }: Offers, hasPhrase: boolean): boolean {
  switch (demand) {
    case 'code':
      return true;
    case 'federated':
      return accounts;
    case 'passkey':
      return passkeys;
    case 'phrase':
      return hasPhrase;
    case 'two':
      return accounts || passkeys || hasPhrase;
    default:
      return false;
  }
}

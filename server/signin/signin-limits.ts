// Owns how often codes may be asked for and tried. The numbers stand here together so that their
// interplay can be seen: 5 guesses a code request, 8 requests a quarter of an hour, 20 guesses an hour.
// A request or guess that was proved right is taken back, so what is counted of an address is failure.

import { HOUR_MS, MINUTE_MS } from '../core/clock.ts';
import type { Charge, Limit } from '../db/counters.ts';

const QUARTER_MS = 15 * MINUTE_MS;

/** Guesses under one challenge, whatever number of codes it has under way. */
export const GUESSES_PER_CHALLENGE = 5;
/** How many codes of one challenge stay valid together: mail is slow, and people press twice. */
export const LIVE_CODES = 3;

export const asksPerAddress: Limit = { name: 'asks per address', most: 8, windowMs: QUARTER_MS };
/** A whole office may stand behind one address, and get one message in the same minute. */
const asksPerNetwork: Limit = { name: 'asks per network', most: 300, windowMs: QUARTER_MS };
const asksInAll: Limit = { name: 'asks in all', most: 1_200, windowMs: MINUTE_MS };
/** Survives a new code and a new browser: who keeps guessing locks the address for a while. */
const guessesPerAddress: Limit = { name: 'guesses per address', most: 20, windowMs: HOUR_MS };
const guessesPerNetwork: Limit = { name: 'guesses per network', most: 200, windowMs: HOUR_MS };
const guessesInAll: Limit = { name: 'guesses in all', most: 1_200, windowMs: MINUTE_MS };

/** Where codes go to strangers as well, this server could be made to write to anybody. */
const strangersAsksPerNetwork: Limit = { name: 'asks to write per network', most: 20, windowMs: HOUR_MS };
const strangersAsksInAll: Limit = { name: 'asks to write in all', most: 600, windowMs: HOUR_MS };

/** `isForStrangers`: the code goes out whether or not the address is anybody's here. */
export function askCharges(network: string, addressIndex: string, isForStrangers: boolean): readonly Charge[] {
  return [
    ...(isForStrangers
      ? ([
          [strangersAsksPerNetwork, network],
          [strangersAsksInAll, ''],
        ] as const)
      : []),
    [asksPerNetwork, network],
    [asksPerAddress, addressIndex],
    [asksInAll, ''],
  ];
}

export function guessCharges(network: string, addressIndex: string): readonly Charge[] {
  return [
    [guessesPerNetwork, network],
    [guessesPerAddress, addressIndex],
    [guessesInAll, ''],
  ];
}

/** What locks one address, for somebody who may unlock it. */
export function locksOf(addressIndex: string): readonly Charge[] {
  return [
    [asksPerAddress, addressIndex],
    [guessesPerAddress, addressIndex],
  ];
}

/** What a right code takes back. Not the network's requests: they bound what one peer makes us hash. */
export function provedRefunds(network: string, addressIndex: string): readonly Charge[] {
  return [
    [asksPerAddress, addressIndex],
    [guessesPerNetwork, network],
    [guessesPerAddress, addressIndex],
  ];
}

// Owns how often codes may be asked for and tried. The numbers stand here together so that their
// interplay can be seen: 5 guesses a code request, 8 requests a quarter of an hour, 20 guesses an hour.

import { HOUR_MS, MINUTE_MS } from '../core/clock.ts';
import type { Limit } from '../db/counters.ts';

const QUARTER_MS = 15 * MINUTE_MS;

/** Guesses under one challenge, whatever number of codes it has under way. */
export const GUESSES_PER_CHALLENGE = 5;
/** How many codes of one challenge stay valid together: mail is slow, and people press twice. */
export const LIVE_CODES = 3;

export const asksPerAddress: Limit = { name: 'asks per address', most: 8, windowMs: QUARTER_MS };
export const asksPerNetwork: Limit = { name: 'asks per network', most: 60, windowMs: QUARTER_MS };
export const asksInAll: Limit = { name: 'asks in all', most: 1_200, windowMs: MINUTE_MS };
/** Survives a new code and a new browser: who keeps guessing locks the address for a while. */
export const guessesPerAddress: Limit = { name: 'guesses per address', most: 20, windowMs: HOUR_MS };
export const guessesPerNetwork: Limit = { name: 'guesses per network', most: 200, windowMs: HOUR_MS };
export const guessesInAll: Limit = { name: 'guesses in all', most: 1_200, windowMs: MINUTE_MS };

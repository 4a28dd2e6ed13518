// Owns the words for what somebody can prove about themselves, and for what can be demanded of a reader. Pure; what a
// demand means for a message is decided in access/.

/** How somebody came in. What a session proved is a list of these. */
export const ways = ['code', 'google', 'microsoft', 'staff', 'passkey', 'totp'] as const;
export type Way = (typeof ways)[number];

/** What kinds of proof there are: an account with any of the issuers is one kind. */
export type ProofKind = 'code' | 'federated' | 'passkey' | 'totp' | 'phrase';

/** What a sender can ask for (`signIn`, `X-Sealpost-Sign-In`). `two`: any two different kinds. */
export const signInDemands = ['code', 'federated', 'passkey', 'two'] as const;
export type SignInDemand = (typeof signInDemands)[number];

/** `phrase` is never asked for by itself: it comes with an access phrase. */
export type Demand = SignInDemand | 'phrase';

export function kindOf(way: Way): ProofKind {
  return way === 'code' || way === 'passkey' || way === 'totp' ? way : 'federated';
}

/** Whether these ways are enough for somebody who has a role here: a mailed code alone never is. */
export function isStrong(proved: readonly Way[]): boolean {
  return proved.some((way) => way === 'staff' || way === 'passkey' || way === 'totp');
}

/** As a column holds them: each once, in order, blank-separated. */
export function joinWords(words: Iterable<string>): string {
  return [...new Set(words)].toSorted().join(' ');
}

export function splitWords(column: string): string[] {
  return column.split(' ').filter((word) => word !== '');
}

/** What a session's column says; words that mean nothing here prove nothing. */
export function parseWays(column: string): Way[] {
  return splitWords(column).flatMap((word) => ways.find((way) => way === word) ?? []);
}

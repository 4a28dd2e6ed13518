// Owns why a mail is treated as it is: each signal that was heard and each rule that acted, and what holds in the end.

export interface Reason {
  /**
   * `signal`: stood in the mail or came along with it. `rule`: a rule of the organisation. `note`: was seen, and changed
   * nothing. `outcome`: what holds.
   */
  readonly kind: 'signal' | 'rule' | 'note' | 'outcome';
  /** A sentence's worth, in English. Holds no address and no content. */
  readonly words: string;
  /** Of a rule: its id and its name. */
  readonly rule?: string;
  readonly name?: string;
}

/** One line for each, as the API and the audit log tell it. */
export function reasonLines(reasons: readonly Reason[]): string[] {
  return reasons.map(({ words, name }) => (name === undefined ? words : `rule “${name}”: ${words}`));
}

// Owns the decision: what protection a mail gets, by which roads, and why. Pure: the same mail and frame give the same
// decision on any machine. A refusal beats all; else the most restrictive wish or rule wins; where nobody asks, the
// default holds.

import { canonicalAddress, parseAddress } from '../core/address.ts';
import type { AppError } from '../core/errors.ts';
import { isRefusal } from '../core/errors.ts';
import { NEVER_MS } from './asks.ts';
import type { Asks, PolicyFrame, Wish } from './asks.ts';
import { canBeMet } from './demands.ts';
import type { Rule } from './document.ts';
import type { MailToDecide } from './mail-to-decide.ts';
import { DEFAULT_BRAND } from './merge.ts';
import type { Terms } from './merge.ts';
import type { Reason } from './reasons.ts';
import { RuleRefusal, wishRefusal } from './refusals.ts';
import type { Road } from './roads.ts';
import { effectWords, ruleAsks, spokenRefusal } from './rule-effects.ts';
import type { Ruled } from './rule-effects.ts';
import { readSigns } from './signs.ts';
import type { Signs } from './signs.ts';
import { situationOf } from './situation.ts';
import { idleRules, treat } from './treat.ts';
import { tryRule } from './try-rules.ts';
import type { RuleOutcome } from './try-rules.ts';

export interface Decision extends Omit<Terms, 'byDefault' | 'isCapped'> {
  /** What people call the protection, where an administrator named it. */
  readonly title: string | undefined;
  /** The subject without the tags that were understood. */
  readonly subject: string;
  readonly readReceipt: boolean;
  /** Who is sent a copy as well, each once. */
  readonly reviewers: readonly string[];
  /** It goes to nobody before each of these is lifted. */
  readonly holds: readonly Hold[];
  /** One for each recipient, in their order. */
  readonly roads: readonly Road[];
  /** What was asked for and what holds, in the order it was looked at. */
  readonly reasons: readonly Reason[];
  readonly hits: readonly RuleHit[];
}

export interface Hold {
  readonly rule: string;
  readonly name: string;
  /** Any one of them may lift it. */
  readonly approvers: readonly string[];
}

export interface RuleHit {
  readonly rule: string;
  readonly effect: 'applied' | 'shadow';
  /** It applied, and the mail would have been treated just so without it. */
  readonly isIdle?: true;
}

/** All there is to say of a mail: also for one that is refused. */
export interface Trial {
  /** Undefined when it is refused. */
  readonly decision: Decision | undefined;
  readonly refusal: AppError | undefined;
  /** Every rule, in their order. */
  readonly rules: readonly RuleOutcome[];
  /** GUID of the label that counts; undefined also when what the mail asks for cannot be read. */
  readonly label: string | undefined;
  /** What refused; of what is held the first rule that holds it; else what gave the protection its name. Undefined when nobody asked for one. */
  readonly decidedBy: Decider | undefined;
}

/** A rule, or the words of a wish. */
export type Decider = { readonly rule: string; readonly name: string } | { readonly wish: string };

/** Throws policy/refused, policy/unknown-value or mail/rights-protected. */
export function decide(mail: MailToDecide, frame: PolicyFrame): Decision {
  return decisionOf(tryOut(mail, frame));
}

/** Throws what the mail is refused with. */
export function decisionOf({ decision, refusal }: Pick<Trial, 'decision' | 'refusal'>): Decision {
  if (decision === undefined) throw refusal ?? new Error('a mail was neither decided nor refused');
  return decision;
}

/** Decides, and tells how it came to that. */
export function tryOut(mail: MailToDecide, frame: PolicyFrame): Trial {
  const signs = readSignsOrRefuse(mail, frame);
  const unread = isRefusal(signs) ? { label: undefined, sensitivity: undefined } : signs;
  const rules = tryRules(mail, frame, unread);
  const applied = rules.filter(({ rule, matched }) => matched && rule.state === 'on');
  const { label } = unread;
  const refused = (refusal: AppError): Trial => ({
    decision: undefined,
    refusal,
    rules,
    label,
    decidedBy: refusal instanceof RuleRefusal ? { rule: refusal.ruleId, name: refusal.ruleName } : undefined,
  });

  const spoken = applied.map(({ rule }) => spokenRefusal(rule)).find((refusal) => refusal !== undefined);
  if (spoken !== undefined) return refused(spoken);
  if (isRefusal(signs)) return refused(signs);
  const ruled = applied.map(({ rule }) => ({ rule, asks: ruleAsks(rule, frame) }));
  const ungranted = findUngranted(mail, signs.wishes, ruled, frame);
  if (ungranted !== undefined) return refused(ungranted);
  const decision = granted(mail, frame, signs, ruled, rules);
  return { decision, refusal: undefined, rules, label, decidedBy: deciderOf(decision, signs.wishes, ruled) };
}

// As merge.ts calls it: after the strictest, and of two that are as strict after the first.
function deciderOf(
  { protection, holds: [hold] }: Decision,
  wishes: readonly Wish[],
  ruled: readonly Ruled[],
): Decider | undefined {
  if (hold !== undefined) return { rule: hold.rule, name: hold.name };
  const names = (asks: readonly Asks[]): boolean => asks.some((one) => one.protection?.name === protection.name);
  const wish = wishes.find((one) => names([one]));
  if (wish !== undefined) return { wish: wish.words };
  const first = ruled.find(({ asks }) => names(asks));
  return first === undefined ? undefined : { rule: first.rule.id, name: first.rule.name };
}

function readSignsOrRefuse(mail: MailToDecide, frame: PolicyFrame): Signs | AppError {
  try {
    return readSigns(mail, frame);
  } catch (error) {
    if (isRefusal(error)) return error;
    throw error;
  }
}

function tryRules(mail: MailToDecide, frame: PolicyFrame, signs: Pick<Signs, 'label' | 'sensitivity'>): RuleOutcome[] {
  const { rules } = frame.policy;
  if (rules.length === 0) return [];
  const situation = situationOf(mail, frame, signs);
  return rules.map((rule) => tryRule(rule, situation));
}

/** What cannot be had refuses the mail: it never goes out weaker than asked for. */
function findUngranted(
  mail: MailToDecide,
  wishes: readonly Wish[],
  ruled: readonly Ruled[],
  frame: PolicyFrame,
): AppError | undefined {
  const hasPhrase = wishes.some(({ givesPhrase }) => givesPhrase === true);
  for (const wish of wishes) {
    const why = wish.isInherited === true ? undefined : whyNot(wish, frame, hasPhrase);
    if (why !== undefined) return wishRefusal(wish.words, why);
  }
  for (const { rule, asks } of ruled) {
    const why = asks.map((one) => whyNot(one, frame, hasPhrase)).find((one) => one !== undefined);
    if (why !== undefined) return new RuleRefusal(rule, why);
    if (holdsOf(mail, rule).some(({ approvers }) => approvers.length === 0)) return new RuleRefusal(rule, NOBODY_ELSE);
  }
  return undefined;
}

const NOBODY_ELSE = 'somebody else than its author has to let it go, and the rule names nobody else.';

/** Nobody lets go what they wrote themselves. */
function holdsOf({ from }: MailToDecide, { id, name, then }: Rule): Hold[] {
  const author = canonicalAddress(from);
  return then.flatMap(({ hold }) =>
    hold === undefined
      ? []
      : [{ rule: id, name, approvers: hold.approvers.filter((text) => canonicalText(text) !== author) }],
  );
}

function canonicalText(text: string): string {
  const address = parseAddress(text);
  return address === undefined ? text : canonicalAddress(address);
}

/** Why nobody can have this here, in words; undefined when it can be had. */
export function whyNot(
  { demands = [], brand, expiresAtMs = NEVER_MS, deliver }: Asks,
  frame: PolicyFrame,
  hasPhrase: boolean,
): string | undefined {
  const unmet = demands.find((demand) => !canBeMet(demand, frame.offers, hasPhrase));
  if (unmet === 'phrase') return 'its readers are to be asked for an access phrase, and the sender set none.';
  if (unmet !== undefined) return 'this server offers its readers no such sign-in.';
  if ((deliver === 'tls' || deliver === 'smime') && frame.offers.direct !== true)
    return 'this server delivers by its portal only.';
  if (brand !== undefined && !frame.brands.includes(brand)) return 'its brand does not exist.';
  if (expiresAtMs <= frame.nowMs) return 'its last day has passed.';
  return undefined;
}

function granted(
  mail: MailToDecide,
  frame: PolicyFrame,
  { wishes, subject }: Signs,
  ruled: readonly Ruled[],
  rules: readonly RuleOutcome[],
): Decision {
  const applied = rules.filter(({ rule, matched }) => matched && rule.state === 'on');
  const treated = treat({ mail, frame, wishes, ruled, applied });
  const { byDefault, isCapped, ...terms } = treated.merged;
  const { roads, notes } = treated;
  const idle = idleRules({ mail, frame, wishes, ruled, applied }, treated);
  const template = frame.policy.templates.get(terms.protection.name);
  return {
    ...terms,
    title: template?.title,
    subject,
    readReceipt: wishes.some(({ readReceipt }) => readReceipt === true),
    reviewers: treated.reviewers,
    holds: ruled.flatMap(({ rule }) => holdsOf(mail, rule)),
    roads,
    reasons: [
      ...wishes.map(({ words, isNote }) => ({ kind: isNote === true ? 'note' : 'signal', words }) as const),
      ...ruled.map(({ rule }) => ruleReason(rule)),
      ...[...unreadWords(mail), ...notes].map((words) => ({ kind: 'note', words }) as const),
      ...outcomeWords(terms, byDefault, template?.asks.protection.rights.length).map(
        (words) => ({ kind: 'outcome', words }) as const,
      ),
      ...(isCapped ? [{ kind: 'note', words: `no end lies beyond ${frame.expiryDaysMax} days` } as const] : []),
    ],
    hits: rules
      .filter(({ matched }) => matched)
      .map(({ rule }) => ({
        rule: rule.id,
        effect: rule.state === 'shadow' ? 'shadow' : 'applied',
        ...(idle.has(rule.id) ? { isIdle: true as const } : {}),
      })),
  };
}

// Rules that ask for content may have missed something there; a rule that asks for what is unreadable may act on it.
function unreadWords({ seen }: MailToDecide): string[] {
  const unread = (seen?.unreadable ?? []).map(
    ({ part, why }) => `${part === 0 ? 'the text' : `attachment ${part}`} (${why})`,
  );
  return unread.length === 0
    ? []
    : [`not looked through to the end: ${[...new Set(unread)].slice(0, UNREAD_TOLD).join(', ')}`];
}
const UNREAD_TOLD = 10;

function ruleReason(rule: Rule): Reason {
  return { kind: 'rule', words: effectWords(rule).join(', '), rule: rule.id, name: rule.name };
}

function outcomeWords(
  { protection, demands, expiresAt, brand }: Pick<Terms, 'protection' | 'demands' | 'expiresAt' | 'brand'>,
  byDefault: Terms['byDefault'],
  rightsOfItsOwn = protection.rights.length,
): string[] {
  return [
    `protection ${protection.name}${byDefault.protection ? ' by default' : ''}`,
    // Another asked for less of something that the strictest would grant.
    ...(protection.rights.length < rightsOfItsOwn
      ? [`rights ${protection.rights.join(', ') || 'none but reading'}`]
      : []),
    ...(demands === '' ? [] : [`readers prove ${demands}`]),
    ...(brand === DEFAULT_BRAND ? [] : [`brand ${brand}`]),
    `expiry ${expiresAt ?? 'never'}${byDefault.expiry ? ' by default' : ''}`,
  ];
}

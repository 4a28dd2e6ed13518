// Owns what a document must fulfil to be saved, beyond its shape: patterns that cannot run away, and approvers who can get in.
// What is in force is not asked again: it was found good, and mail must not stop
// because a setting or a limit has changed since.

import { domainOf, parseAddress } from '../core/address.ts';
import { fault } from '../core/document-faults.ts';
import type { Fault, Path } from '../core/document-faults.ts';
import { AppError } from '../core/errors.ts';
import { checkPattern } from '../detect/pattern.ts';
import { leavesOf } from './conditions/condition.ts';
import type { Condition } from './conditions/condition.ts';
import type { PolicyDocument, Rule } from './document.ts';
import { PolicyFaults } from './document-faults.ts';

/** Throws PolicyFaults with the path of each fault. */
export function checkSaving({ lists, rules }: PolicyDocument, orgDomains: readonly string[]): void {
  const patterns = new PatternFaults();
  const faults: Fault[] = [
    ...lists.flatMap(({ pattern }, n) => patterns.of(pattern, ['lists', n, 'pattern'])),
    ...rules.flatMap((rule, n) => ruleFaults(rule, ['rules', n], patterns, orgDomains)),
  ];
  if (faults.length > 0) throw new PolicyFaults(faults);
}

function ruleFaults(rule: Rule, path: Path, patterns: PatternFaults, orgDomains: readonly string[]): Fault[] {
  const conditions = (['when', 'unless'] as const).flatMap((key) => {
    const condition = rule[key];
    if (condition === undefined) return [];
    return leavesOf(condition).flatMap(([leaf, within]) => leafFaults(leaf, [...path, key, ...within], patterns));
  });
  const actions = rule.then.flatMap(({ hold }, n) =>
    (hold?.approvers ?? []).flatMap((address, at) =>
      isOf(orgDomains, address)
        ? []
        : [fault([...path, 'then', n, 'hold', 'approvers', at], 'is not an address of this organisation')],
    ),
  );
  return [...conditions, ...actions];
}

function leafFaults({ subject, header, text, attachment }: Condition, path: Path, patterns: PatternFaults): Fault[] {
  return [
    ...patterns.of(subject?.matches, [...path, 'subject', 'matches']),
    ...patterns.of(header?.matches, [...path, 'header', 'matches']),
    ...patterns.of(text?.matches, [...path, 'text', 'matches']),
    ...patterns.of(attachment?.name?.matches, [...path, 'attachment', 'name', 'matches']),
  ];
}

function isOf(orgDomains: readonly string[], text: string): boolean {
  const address = parseAddress(text);
  return address !== undefined && orgDomains.includes(domainOf(address));
}

/** Compiling a pattern takes time, and a policy may say the same one often, so each is compiled once. */
class PatternFaults {
  readonly #known = new Map<string, string | undefined>();

  of(pattern: string | undefined, path: Path): Fault[] {
    if (pattern === undefined) return [];
    if (!this.#known.has(pattern)) this.#known.set(pattern, whyNot(pattern));
    const why = this.#known.get(pattern);
    return why === undefined ? [] : [fault(path, `cannot be used. ${why}`)];
  }
}

function whyNot(pattern: string): string | undefined {
  try {
    checkPattern(pattern);
    return undefined;
  } catch (error) {
    if (error instanceof AppError) return error.message;
    throw error;
  }
}

// Owns trying a condition: its leaves are asked, and each answer is kept for whoever wants to know why.

import { attachmentLeaf, sizeLeaf } from './attachment.ts';
import type { Condition, LeafValues } from './condition.ts';
import { detectorLeaf, listLeaf, textLeaf, unreadableLeaf } from './content.ts';
import { headerLeaf, subjectLeaf } from './head.ts';
import type { Answer, Bench, Leaf, Person, Situation } from './leaf.ts';
import {
  anyRecipientLeaf,
  directionLeaf,
  recipientLeaf,
  recipientsLeaf,
  senderGroupLeaf,
  senderLeaf,
} from './people.ts';
import { labelLeaf, sensitivityLeaf } from './signs.ts';
import { timeLeaf } from './time.ts';

/** A condition that was tried. */
export interface Tried extends Answer {
  readonly says: string;
  /** Of all, any and none: what was tried in turn. */
  readonly of?: readonly Tried[];
}

export interface Tree {
  readonly perRecipient: boolean;
  readonly ask: (situation: Situation, recipient: Person) => Tried;
}

export function compileCondition(condition: Condition, bench: Bench): Tree {
  for (const [says, holds] of joins) {
    const within = condition[says];
    if (within === undefined) continue;
    const trees = within.map((one) => compileCondition(one, bench));
    const perRecipient = trees.some((tree) => tree.perRecipient);
    const asked = perRecipient ? trees.map(once) : trees;
    return {
      perRecipient,
      ask: (situation, recipient) => {
        const of = asked.map((tree) => tree.ask(situation, recipient));
        return { says, holds: holds(of), of };
      },
    };
  }
  const { says, perRecipient, ask } = compileLeaf(condition, bench);
  return { perRecipient, ask: (situation, recipient) => ({ says, ...ask(situation, recipient) }) };
}

const joins = [
  ['all', (of: readonly Tried[]) => of.every(({ holds }) => holds)],
  ['any', (of: readonly Tried[]) => of.some(({ holds }) => holds)],
  ['none', (of: readonly Tried[]) => !of.some(({ holds }) => holds)],
] as const;

/** What is alike for all recipients of a mail is asked once, be they five hundred. */
export function once(tree: Tree): Tree {
  if (tree.perRecipient) return tree;
  const answers = new WeakMap<Situation, Tried>();
  return {
    perRecipient: false,
    ask: (situation, recipient) => {
      const answer = answers.get(situation) ?? tree.ask(situation, recipient);
      answers.set(situation, answer);
      return answer;
    },
  };
}

type LeafMaker<Key extends keyof LeafValues> = (value: LeafValues[Key], bench: Bench) => Leaf;

const leafMakers: { readonly [Key in keyof LeafValues]: LeafMaker<Key> } = {
  sender: senderLeaf,
  senderGroup: senderGroupLeaf,
  recipient: recipientLeaf,
  anyRecipient: anyRecipientLeaf,
  recipients: recipientsLeaf,
  direction: directionLeaf,
  subject: subjectLeaf,
  header: headerLeaf,
  text: textLeaf,
  detector: detectorLeaf,
  list: listLeaf,
  unreadable: unreadableLeaf,
  attachment: attachmentLeaf,
  size: sizeLeaf,
  label: labelLeaf,
  sensitivity: sensitivityLeaf,
  time: timeLeaf,
};

const leafKeys = Object.keys(leafMakers) as (keyof LeafValues)[]; // the keys that were written down just above

function compileLeaf(condition: Condition, bench: Bench): Leaf {
  for (const key of leafKeys) {
    const leaf = makeLeaf(key, condition, bench);
    if (leaf !== undefined) return leaf;
  }
  throw new Error('a condition asks for nothing');
}

function makeLeaf<Key extends keyof LeafValues>(
  key: Key,
  condition: Partial<LeafValues>,
  bench: Bench,
): Leaf | undefined {
  const value = condition[key];
  return value === undefined ? undefined : leafMakers[key](value, bench);
}

// Owns what a document can say and this program does not do. It is refused when it is saved: a promise that nobody keeps is worse
// than none. What is taken up leaves this list.

import type { PolicyDocument } from './document.ts';
import { PolicyFaults, fault } from './document-faults.ts';
import type { Fault } from './document-faults.ts';

const NOT_DONE = 'is not carried out by this version of the program';

/** Throws PolicyFaults. */
export function checkCarriedOut({ templates, rules }: PolicyDocument): void {
  const faults: Fault[] = [
    ...templates.flatMap((template, n) =>
      (['reminderDays', 'retentionDays'] as const)
        .filter((field) => template[field] !== undefined)
        .map((field) => fault(['templates', n, field], NOT_DONE)),
    ),
    // In shadow it is tried and counted, which is all that shadow promises.
    ...rules.flatMap(({ state, then }, n) =>
      state !== 'on'
        ? []
        : then.flatMap(({ bypass }, at) =>
            bypass === undefined ? [] : [fault(['rules', n, 'then', at, 'bypass'], NOT_DONE)],
          ),
    ),
  ];
  if (faults.length > 0) throw new PolicyFaults(faults);
}

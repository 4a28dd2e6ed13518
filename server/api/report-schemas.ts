// Owns the shape of the call that makes a report.

import { z } from './described-zod.ts';

const kind = z.enum(['policy-review', 'compliance']);

export const reportParams = z.object({ report: kind });

export const reportView = z
  .object({
    kind,
    title: z.string(),
    about: z.array(z.string()).openapi({ description: 'What it says and what it does not' }),
    madeAt: z.string(),
    facts: z.array(z.object({ name: z.string(), value: z.string() })),
    sections: z.array(
      z.object({
        id: z.string(),
        title: z.string(),
        means: z.string().openapi({ description: 'What is meant by it, precisely' }),
        findings: z.array(
          z.object({
            subject: z.string().openapi({ description: 'A rule, a key, a person; or a paragraph' }),
            words: z.string(),
            state: z.enum(['attention', 'met', 'in-part', 'not-met', 'own-duty']),
            control: z.string().optional(),
            evidence: z.array(z.string()).optional().openapi({ description: 'As read from the running system' }),
          }),
        ),
      }),
    ),
  })
  .openapi('Report');

export type ReportView = z.infer<typeof reportView>;

// Owns a raw mail that comes along with the policy to try on it: a form (RFC 7578) of two parts, `policy` before `mail`, each as a
// file or the first as a field. Nothing of it is held but the policy; the mail is read as it comes.

import type { Request } from 'express';
import { AppError } from '../core/errors.ts';
import { readUpload } from '../http/uploads.ts';
import type { Simulate } from '../ingest/simulate.ts';
import { readDocumentText } from '../policy/document-text.ts';
import type { Explanation } from '../policy/explain.ts';
import { policyLimits } from '../policy/policy-limits.ts';
import type { Rulebook } from '../rulebook/rulebook.ts';
import { readPolicyText } from './policy-body.ts';
import { rawSubmission } from './submission.ts';
import type { SubmissionDeps } from './submission.ts';

export interface TrialFormDeps extends SubmissionDeps {
  readonly simulate: Simulate;
  readonly rulebook: Rulebook;
}

export async function tryForm(deps: TrialFormDeps, req: Request): Promise<Explanation> {
  const fields = new Map<string, string>();
  let policy: unknown;
  let explanation: Explanation | undefined;
  const limits = { files: 2, bytes: deps.messageBytesMax, fieldBytes: policyLimits.documentBytesMax };
  // A key is no browser's: nobody else can make it send this.
  const noToken = (): void => undefined;
  await readUpload(
    req,
    limits,
    fields,
    async ({ field, content }) => {
      checkNames([field, ...fields.keys()]);
      if (field === 'policy') {
        if (policy !== undefined || fields.has('policy')) throw misplaced();
        policy = await readPolicyText(content);
        return;
      }
      const text = fields.get('policy');
      if (text !== undefined && policy !== undefined) throw misplaced();
      if (text !== undefined) policy = readDocumentText(text);
      // What it is tried with has to have come by then: a policy that comes later would be passed over.
      if (explanation !== undefined || policy === undefined) throw misplaced();
      const draft = deps.rulebook.draft(policy);
      explanation = await deps.simulate(rawSubmission(deps, req, content), () => draft);
    },
    noToken,
  );
  checkNames([...fields.keys()]);
  if (explanation === undefined) throw misplaced();
  return explanation;
}

function checkNames(names: readonly string[]): void {
  if (names.every((name) => name === 'policy' || name === 'mail')) return;
  throw new AppError('request/malformed', 'The form holds a policy and a mail, and nothing else.');
}

function misplaced(): AppError {
  return new AppError('request/malformed', 'Send one policy, then one mail as a file.');
}

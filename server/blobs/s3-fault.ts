// Owns what went wrong with S3, in words for the operator: the step, and S3's own code for the reason. It never
// holds a credential, a signature, or anything else the server wrote.

export class S3Fault extends Error {
  override readonly name = 'S3Fault';
  /** S3's code (`AccessDenied`), the system's (`ECONNREFUSED`), or one of ours; ENOENT for a blob that is not there. */
  readonly code: string;
  /** Whether the same request may succeed in a moment. */
  readonly passes: boolean;

  constructor(step: string, code: string, passes: boolean) {
    super(`S3 did not do what was asked (${step}: ${code}).`);
    this.code = code;
    this.passes = passes;
  }
}

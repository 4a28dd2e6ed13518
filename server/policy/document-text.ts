// Owns how a policy's document is written as text: YAML 1.2, of which JSON is a part. The only file that imports
// js-yaml. It knows nothing of what a document means.

import { CORE_SCHEMA, YAMLException, dump, load } from 'js-yaml';
import { PolicyFaults } from './document-faults.ts';
import { fieldsOf } from './document-fields.ts';
import { policyLimits } from './policy-limits.ts';

/**
 * The value that the text stands for. Aliases are refused, and with them texts that grow when they are read; so are keys
 * that stand twice, tags beyond YAML's core schema, and a second document. Throws PolicyFaults.
 */
export function readDocumentText(text: string): unknown {
  if (Buffer.byteLength(text) > policyLimits.documentBytesMax) {
    throw new PolicyFaults([{ path: '', says: `is larger than ${policyLimits.documentBytesMax} bytes` }]);
  }
  try {
    return load(text, { schema: CORE_SCHEMA, maxAliases: 0, maxDepth: policyLimits.documentDepthMax });
  } catch (error) {
    throw new PolicyFaults([{ path: '', says: `cannot be read as YAML or JSON: ${whyNot(error)}` }]);
  }
}

/** YAML that reads back as the same value. */
export function writeDocumentText(value: object): string {
  return dump(value, { schema: CORE_SCHEMA, noRefs: true, lineWidth: 120 });
}

/** A version as an administrator reads and writes it. `value`: as it was stored, by whichever version of the program. */
export function documentText({ value }: { readonly value: unknown }): string {
  return writeDocumentText(fieldsOf(value));
}

// The library's own reason and place, without the lines of the text that it would show.
function whyNot(error: unknown): string {
  if (!(error instanceof YAMLException)) return 'it does not fit';
  const { mark } = error;
  return mark === undefined ? error.reason : `${error.reason} (line ${mark.line + 1}, column ${mark.column + 1})`;
}

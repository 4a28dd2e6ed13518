// Owns the shape of vector files: Project Wycheproof's ChunkedEncryption, and our own groups for the keyring. A
// file of another shape is an error, never skipped.

import { readFile } from 'node:fs/promises';
import { z } from 'zod';

const hex = z.string().regex(/^(?:[0-9a-f]{2})*$/);
const outcome = {
  tcId: z.int(),
  comment: z.string(),
  result: z.enum(['valid', 'invalid']),
  flags: z.array(z.string()),
};
const notes = z.record(z.string(), z.looseObject({ bugType: z.string(), description: z.string().optional() }));

const chunkedCase = z.strictObject({
  ...outcome,
  key: hex,
  ctx: hex,
  /** Compressed by zlib, then hex. */
  ct: hex,
  aeadKey: hex.optional(),
  baseNonce: hex.optional(),
  msgLength: z.int().optional(),
  msgSha512: hex.optional(),
});

const chunkedGroup = z.looseObject({
  type: z.literal('ChunkedEncryption'),
  aead: z.literal('AEAD_AES_256_GCM'),
  sha: z.literal('SHA-512'),
  tests: z.array(chunkedCase).min(1),
});

const wrappedCase = z.strictObject({
  ...outcome,
  keyId: z.string(),
  messageId: z.string(),
  wrapped: hex,
  dataKey: hex.optional(),
});

const recordCase = z.strictObject({ ...outcome, name: z.string(), record: hex, plaintext: hex.optional() });

const hashCase = z.strictObject({
  ...outcome,
  kind: z.enum(['index', 'mac']),
  purpose: z.string(),
  value: z.string(),
  output: z.string(),
});

const keyring = z.unknown(); // the contents of a keyring file, as that format has it
const wrappedGroup = z.strictObject({ type: z.literal('WrappedDataKey'), keyring, tests: z.array(wrappedCase).min(1) });
const recordGroup = z.strictObject({ type: z.literal('SealedRecord'), keyring, tests: z.array(recordCase).min(1) });
const hashGroup = z.strictObject({ type: z.literal('KeyedHash'), keyring, tests: z.array(hashCase).min(1) });

const vectorFile = z.looseObject({
  algorithm: z.string(),
  header: z.array(z.string()),
  notes,
  numberOfTests: z.int(),
  testGroups: z.array(z.discriminatedUnion('type', [chunkedGroup, wrappedGroup, recordGroup, hashGroup])).min(1),
});

export type VectorFile = z.infer<typeof vectorFile>;
export type VectorGroup = VectorFile['testGroups'][number];
export type ChunkedCase = z.infer<typeof chunkedCase>;
export type WrappedCase = z.infer<typeof wrappedCase>;
export type RecordCase = z.infer<typeof recordCase>;
export type HashCase = z.infer<typeof hashCase>;

/** Reads one file; it must count its own cases right and explain each flag. */
export async function readVectorFile(path: string): Promise<VectorFile> {
  const file = vectorFile.parse(JSON.parse(await readFile(path, 'utf8')));
  const cases = file.testGroups.flatMap((group): { flags: string[] }[] => group.tests);
  if (cases.length !== file.numberOfTests) throw new Error(`${path} does not hold as many cases as it says`);
  const unexplained = cases.flatMap((test) => test.flags).find((flag) => !(flag in file.notes));
  if (unexplained !== undefined) throw new Error(`${path} does not explain ${unexplained}`);
  return file;
}

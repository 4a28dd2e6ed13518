// Owns the command that checks a proof of delivery. It needs no store and no network: the file, and the key that was published.

import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { z } from 'zod';
import { loadConfig, readEnvironment } from '../config.ts';
import { parseJson } from '../core/parse-json.ts';
import { unlessBrokenLater } from '../crypto/seal-broken.ts';
import { createSigner, publicKeySchema, verifyWith } from '../crypto/signing-key.ts';
import type { PublicKey } from '../crypto/signing-key.ts';
import { fingerprintOf } from '../sender/proof-fingerprint.ts';
import { PROOF_TYPE, proofFileSchema, statementSchema } from '../sender/proof-statement.ts';
import type { Statement } from '../sender/proof-statement.ts';
import { keyringThere } from './what-is-there.ts';
import { fail, print, tell } from './with-store.ts';

const keySetSchema = z.object({ keys: z.array(z.unknown()) });

export function registerProof(program: Command): void {
  const proof = program.command('proof').description('Proofs of delivery');

  proof
    .command('verify')
    .argument('<file>', 'the JSON file that was taken from the portal')
    .option(
      '--keys <file>',
      'the published keys (PUBLIC_URL/.well-known/sealpost-keys.json); else this machine’s keyring',
    )
    .description('Check who signed a proof and that nothing in it was changed')
    .action((file: string, options: { keys?: string }) => tell(() => verify(file, options.keys)));
}

async function verify(file: string, keysFile: string | undefined): Promise<void> {
  const given = proofFileSchema.safeParse(parseJson(textOf(file) ?? ''));
  if (!given.success) return fail(`${file} is no proof of delivery.`);
  const keys = keysFile === undefined ? [await ownKey()] : keysIn(keysFile);
  if (keys.length === 0) return fail(`${keysFile} holds no key that could have signed a proof.`);
  for (const key of keys) {
    const signed = await unlessBrokenLater(() => verifyWith(key, PROOF_TYPE, given.data.signature));
    const statement = statementSchema.safeParse(signed);
    if (!statement.success) continue;
    report(statement.data, key);
    // What is read for eyes has to be what was signed.
    if (JSON.stringify(statementSchema.safeParse(given.data.statement).data) !== JSON.stringify(statement.data))
      fail('Beware: the readable part of the file was changed. What stands above is what was signed.');
    return;
  }
  fail('The signature does not hold: the proof was changed, or somebody else signed it.');
}

function report(statement: Statement, key: PublicKey): void {
  const { message, recipients, events } = statement;
  print(`The signature holds. Signed by ${statement.issuer} (key ${key.kid}) on ${statement.madeAt}.`);
  print(
    `Message ${message.id}, taken in ${message.acceptedAt} from ${message.from.address}: ${JSON.stringify(message.subject)}`,
  );
  for (const [n, { address, status }] of recipients.entries()) print(`  ${n + 1}. ${address}: ${status}`);
  print(`${events.length} events${statement.complete ? '' : ', and some that were left out or could not be read'}.`);
  print(`Fingerprint: ${fingerprintOf(statement)}`);
}

async function ownKey(): Promise<PublicKey> {
  const keyring = await keyringThere(loadConfig(readEnvironment().env));
  return createSigner(keyring, 'proof signing key').publicKey();
}

function keysIn(file: string): PublicKey[] {
  const set = keySetSchema.safeParse(parseJson(textOf(file) ?? ''));
  return set.success ? set.data.keys.flatMap((key) => publicKeySchema.safeParse(key).data ?? []) : [];
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

// Owns the proof of delivery that a sender takes of a message: signed JSON for programs, a PDF for people, and the key with
// which everybody can check it.

import { Router } from 'express';
import type { Request } from 'express';
import { appendAudit } from '../audit/audit.store.ts';
import { inTransaction } from '../db/engine.ts';
import { attachmentHeader } from '../http/attachment-header.ts';
import { noSuchPage } from '../http/nothing-here.ts';
import { sendWhole } from '../http/send-whole.ts';
import type { Site } from '../http/site.ts';
import { visitOf } from '../http/visit.ts';
import type { Viewer } from '../viewing/viewer.ts';
import { startManaging } from './managing.ts';
import { makeProof } from './proof.ts';
import type { Proof, ProofDeps } from './proof.ts';
import { fingerprintOf } from './proof-fingerprint.ts';
import { proofPdf } from './proof-text.ts';

export interface ProofRouteDeps {
  readonly site: Site;
  readonly proof: ProofDeps;
  readonly viewer: Viewer;
}

/** Where the key stands, below PUBLIC_URL (RFC 8615). */
export const KEYS_PATH = '/.well-known/sealpost-keys.json';

export function proofRoutes({ site, proof: deps, viewer }: ProofRouteDeps): Router {
  const router = Router();

  router.get(KEYS_PATH, async (_req, res) => {
    const key = await deps.signer.publicKey();
    res.type('application/jwk-set+json').send(JSON.stringify({ keys: [{ ...key, use: 'sig', alg: 'EdDSA' }] }));
  });

  router.get('/sent/:id/proof.json', async (req, res) => {
    const { statement, signature } = await takeProof(req, 'json');
    const name = `proof-${statement.message.id}.json`;
    res.set('Content-Disposition', attachmentHeader(name));
    sendWhole(res, 200, 'application/json', `${JSON.stringify({ statement, signature }, undefined, 2)}\n`);
  });

  router.get('/sent/:id/proof.pdf', async (req, res) => {
    const proof = await takeProof(req, 'pdf');
    const { words } = visitOf(req);
    const { pdf } = await viewer.writePdf(proofPdf(words, proof, fingerprintOf(proof.statement)));
    res
      .set('Content-Disposition', attachmentHeader(`proof-${proof.statement.message.id}.pdf`))
      .set('Content-Security-Policy', "default-src 'none'; sandbox")
      .type('application/pdf')
      .send(pdf);
  });

  return router;

  // As with all that is taken along, it is in the audit before the first byte leaves.
  async function takeProof(req: Request, format: 'json' | 'pdf'): Promise<Proof> {
    const { message, session } = await startManaging(site, req);
    if (message.destroyed_at !== null) throw noSuchPage();
    await inTransaction(site.db, (tx) =>
      appendAudit(site.vault, tx, {
        event: 'proof-taken',
        messageId: message.id,
        details: { actor: session.address, network: visitOf(req).network, format },
      }),
    );
    return makeProof(deps, message, session.address);
  }
}

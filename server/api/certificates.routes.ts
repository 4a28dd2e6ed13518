// Owns the calls about certificates for S/MIME. A private key goes in by them, and never comes out.

import express, { Router } from 'express';
import type { Request } from 'express';
import type { By, CheckedCertificate, Inventory } from '../certificates/inventory.ts';
import { algorithmWords, keyWords } from '../smime/certificate-words.ts';
import { FILE_BYTES_MAX } from '../smime/certificate-files.ts';
import { keyOf, needsScope, unbound } from './authorize.ts';
import type { KeyDeps } from './authorize.ts';
import { certificateAsk, certificatesQuery, importAsk } from './certificate-schemas.ts';
import type { CertificateList, CertificateView } from './certificate-schemas.ts';
import { noQuery } from './schemas.ts';

export interface CertificateRouteDeps extends KeyDeps {
  readonly inventory: Inventory;
}

// In base64, with room for the password.
const IMPORT_BYTES_MAX = Math.ceil((FILE_BYTES_MAX * 4) / 3) + 64 * 1024;

export function certificateRoutes(deps: CertificateRouteDeps): Router {
  const { inventory } = deps;
  const mayRead = [needsScope(deps, 'admin:read'), unbound];
  const mayWrite = [needsScope(deps, 'admin:write'), unbound];
  const router = Router();

  router.get('/v1/certificates', ...mayRead, async (req, res) => {
    const { role, cursor, limit } = certificatesQuery.parse(req.query);
    const found = await inventory.list({
      limit,
      ...(role === undefined ? {} : { role }),
      ...(cursor === undefined ? {} : { before: cursor }),
    });
    const last = found.length === limit ? found.at(-1)?.row.id : undefined;
    const list: CertificateList = { certificates: found.map(present), cursor: last ?? null };
    res.json(list);
  });

  router.post('/v1/certificates', ...mayWrite, express.json({ limit: IMPORT_BYTES_MAX }), async (req, res) => {
    noQuery.parse(req.query);
    const { content, password = '' } = importAsk.parse(req.body);
    const taken = await inventory.takeIn({ bytes: Buffer.from(content, 'base64'), password }, actorOf(req));
    const added = await Promise.all(taken.added.map(({ row }) => inventory.get(row.id)));
    res.status(201).json({ added: added.map(present), known: taken.known });
  });

  router.get('/v1/certificates/:certificate', ...mayRead, async (req, res) => {
    noQuery.parse(req.query);
    res.json(present(await inventory.get(idIn(req))));
  });

  router.put('/v1/certificates/:certificate', ...mayWrite, express.json({ limit: '64kb' }), async (req, res) => {
    noQuery.parse(req.query);
    const { state, cipher, allowsPkcs1, ignoresRevocation } = certificateAsk.parse(req.body);
    const id = idIn(req);
    const by = actorOf(req);
    const settings = {
      ...(cipher === undefined ? {} : { cipher }),
      ...(allowsPkcs1 === undefined ? {} : { allowsPkcs1 }),
      ...(ignoresRevocation === undefined ? {} : { ignoresRevocation }),
    };
    let now = Object.keys(settings).length === 0 ? await inventory.get(id) : await inventory.set(id, settings, by);
    if (state === 'approved') now = await inventory.approve(id, by);
    if (state === 'refused') now = await inventory.refuse(id, by);
    res.json(present(now));
  });

  router.delete('/v1/certificates/:certificate', ...mayWrite, async (req, res) => {
    noQuery.parse(req.query);
    await inventory.remove(idIn(req), actorOf(req));
    res.status(204).end();
  });

  return router;
}

function present(certificate: CheckedCertificate): CertificateView {
  const { row, facts, card, faults } = certificate;
  return {
    id: row.id,
    role: row.role,
    state: row.state,
    addresses: [...facts.addresses],
    subject: facts.subject,
    issuer: facts.issuer,
    serial: facts.serial,
    notBefore: facts.notBefore,
    notAfter: facts.notAfter,
    key: keyWords(facts),
    fingerprint: facts.fingerprint,
    hasPrivateKey: row.hasKey,
    origin: card.origin,
    cipher: card.cipher,
    allowsPkcs1: card.allowsPkcs1,
    ignoresRevocation: card.ignoresRevocation,
    algorithms: algorithmWords(certificate),
    standing: row.standing,
    standingUntil: row.standing_until,
    lastUsedAt: row.used_at,
    faults: [...faults],
  };
}

function actorOf(req: Request): By {
  return { actor: keyOf(req).id };
}

function idIn(req: Request): string {
  const { certificate } = req.params;
  return typeof certificate === 'string' ? certificate : '';
}

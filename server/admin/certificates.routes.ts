// Owns the pages on which administrators keep the certificates for S/MIME. To everybody else they do not exist.

import { Router } from 'express';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { AppError } from '../core/errors.ts';
import { readWhole } from '../core/read-whole.ts';
import type { By, CheckedCertificate, Inventory } from '../certificates/inventory.ts';
import { doneHere, leadDone } from '../http/done.ts';
import { readForm } from '../http/forms.ts';
import { sendPage } from '../http/page.ts';
import { takePage } from '../http/pager.ts';
import { statusOf } from '../http/problems.ts';
import type { Site } from '../http/site.ts';
import { readUpload } from '../http/uploads.ts';
import { checkMay, mayHere, visitOf } from '../http/visit.ts';
import type { CertificatesPage } from '../render/page-models/certificates.ts';
import { FILE_BYTES_MAX } from '../smime/certificate-files.ts';
import { certificatePage, certificateRow } from './certificates.model.ts';

export interface CertificatePagesDeps {
  readonly site: Site;
  readonly inventory: Inventory;
}

const HEADING = 'Certificates';
const PASSWORD_BYTES_MAX = 4 * 1024;

const plainForm = z.object({});
const settingsForm = z.object({
  cipher: z.enum(['auto', 'gcm', 'cbc']),
  pkcs1: z.literal('1').optional(),
  ignoreRevocation: z.literal('1').optional(),
});

const roles = [
  { role: undefined, words: 'All' },
  { role: 'recipient', words: 'Correspondents’' },
  { role: 'own', words: 'The organisation’s own' },
  { role: 'authority', words: 'Authorities’' },
] as const;

export function certificatePages({ site, inventory }: CertificatePagesDeps): Router {
  const router = Router();
  const path = `${site.base}/admin/certificates`;

  router.get('/admin/certificates', async (req, res) => {
    checkMay(req, 'certificates:read');
    await sendList(req, res, {}, 200);
  });

  router.post('/admin/certificates', async (req, res) => {
    const by = actorOf(req);
    const fields = new Map<string, string>();
    try {
      let bytes: Buffer | undefined;
      await readUpload(
        req,
        { files: 1, bytes: FILE_BYTES_MAX, fieldBytes: PASSWORD_BYTES_MAX },
        fields,
        async (file) => {
          bytes = await readWhole(file.content);
        },
      );
      if (bytes === undefined || bytes.length === 0) throw new AppError('request/malformed', 'Choose a file.');
      const { added, known } = await inventory.takeIn({ bytes, password: fields.get('password') ?? '' }, by);
      const [only] = added;
      const to = only !== undefined && added.length === 1 ? `${path}/${only.row.id}` : path;
      leadDone(site, req, res, to, `added-${added.length}-${known}`);
    } catch (error) {
      if (!(error instanceof AppError) || error.code === 'request/forged') throw error;
      await sendList(req, res, { problem: error.message }, statusOf[error.code]);
    }
  });

  router.get('/admin/certificates/:certificate', async (req, res) => {
    checkMay(req, 'certificates:read');
    await sendOne(req, res, await inventory.get(req.params.certificate), undefined, 200);
  });

  const act = (name: string, done: string, work: (id: string, req: Request, by: By) => Promise<unknown>): void => {
    router.post(`/admin/certificates/:certificate/${name}`, async (req, res) => {
      const by = actorOf(req);
      const id = req.params['certificate'];
      if (typeof id !== 'string') throw new Error('a route without its certificate');
      try {
        await work(id, req, by);
      } catch (error) {
        if (!(error instanceof AppError) || error.code !== 'request/conflict') throw error;
        await sendOne(req, res, await inventory.get(id), error.message, statusOf[error.code]);
        return;
      }
      leadDone(site, req, res, name === 'remove' ? path : `${path}/${id}`, done);
    });
  };
  act('approve', 'approved', (id, req, by) => {
    readForm(req, plainForm);
    return inventory.approve(id, by);
  });
  act('refuse', 'refused', (id, req, by) => {
    readForm(req, plainForm);
    return inventory.refuse(id, by);
  });
  act('settings', 'saved', (id, req, by) => {
    const { cipher, pkcs1, ignoreRevocation } = readForm(req, settingsForm);
    const settings = { cipher, allowsPkcs1: pkcs1 === '1', ignoresRevocation: ignoreRevocation === '1' };
    return inventory.set(id, settings, by);
  });
  act('remove', 'removed', (id, req, by) => {
    readForm(req, plainForm);
    return inventory.remove(id, by);
  });

  return router;

  function actorOf(req: Request): By {
    return { actor: checkMay(req, 'certificates:write').address, network: visitOf(req).network };
  }

  async function sendList(
    req: Request,
    res: Response,
    shown: Pick<CertificatesPage, 'problem'>,
    status: number,
  ): Promise<void> {
    const { role } = roles.find((one) => one.role !== undefined && one.role === req.query['role']) ?? roles[0];
    const only = role === undefined ? {} : { role };
    const page = await takePage(
      req,
      path,
      (ask) => inventory.list({ ...only, ...ask }),
      ({ row }) => row.id,
    );
    const nowMs = site.clock.nowMs();
    await sendPage(site, req, res, {
      name: 'certificates',
      title: HEADING,
      at: 'certificates',
      status,
      done: doneWords(site, req),
      model: {
        action: path,
        mayChange: mayHere(req, 'certificates:write'),
        rows: page.rows.map((one) => certificateRow(one, path, nowMs)),
        pager: within(page.pager, role),
        filters: roles.map((one) => ({
          url: one.role === undefined ? path : `${path}?role=${one.role}`,
          words: one.words,
          isCurrent: one.role === role,
        })),
        fileLimit: `${FILE_BYTES_MAX / 1024 / 1024} MB`,
        ...shown,
      },
    });
  }

  async function sendOne(
    req: Request,
    res: Response,
    certificate: CheckedCertificate,
    problem: string | undefined,
    status: number,
  ): Promise<void> {
    const model = certificatePage(certificate, path, { problem, mayChange: mayHere(req, 'certificates:write') });
    const title = `${HEADING}: ${model.who}`;
    await sendPage(site, req, res, {
      name: 'certificate',
      title,
      at: 'certificates',
      status,
      done: doneWords(site, req),
      model,
    });
  }
}

function within(pager: CertificatesPage['pager'], role: string | undefined): CertificatesPage['pager'] {
  const add = (url: string): string => (role === undefined ? url : `${url}&role=${role}`);
  const { newerUrl, olderUrl } = pager;
  return {
    ...(newerUrl === undefined ? {} : { newerUrl: add(newerUrl) }),
    ...(olderUrl === undefined ? {} : { olderUrl: add(olderUrl) }),
  };
}

const done: Readonly<Record<string, string>> = {
  approved: 'Approved. Mail is encrypted to it, or signed with it, from now on.',
  refused: 'Refused. It is used no more.',
  saved: 'Saved.',
  removed: 'Removed.',
};

function doneWords(site: Site, req: Request): string | undefined {
  const name = doneHere(site, req);
  if (name === undefined) return undefined;
  const [, added, known = '0'] = /^added-(\d+)-(\d+)$/.exec(name) ?? [];
  if (added === undefined) return done[name];
  const before = known === '0' ? '' : ` Known before: ${known}.`;
  return `Taken in: ${added}.${before}${added === '0' ? '' : ' Nothing is used before you approve it.'}`;
}

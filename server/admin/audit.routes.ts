// Owns the pages of the audit log: choosing among its entries, following it, and taking them along. To everybody but
// those who may see it, they do not exist.

import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import { Router } from 'express';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { appendAudit } from '../audit/audit.store.ts';
import { filterOf } from '../audit/asked-for.ts';
import { listAudit, readAudit } from '../audit/audit-list.store.ts';
import type { AuditFilter, AuditPage } from '../audit/audit-list.store.ts';
import { loadCheckpoint } from '../audit/checkpoints.store.ts';
import { formatNames, formats } from '../audit/formats.ts';
import type { Format } from '../audit/formats.ts';
import { isoNow } from '../core/clock.ts';
import { inTransaction } from '../db/engine.ts';
import { attachmentHeader } from '../http/attachment-header.ts';
import { readForm } from '../http/forms.ts';
import { takePage } from '../http/pager.ts';
import { sendPage } from '../http/page.ts';
import type { Site } from '../http/site.ts';
import { checkMay, visitOf } from '../http/visit.ts';
import { choiceSchema, choose, findForm, queryOf, readChoice } from './audit-filter.ts';
import type { Choice } from './audit-filter.ts';
import type { PageAsk } from '../messages/messages.store.ts';
import { auditPage } from './audit.model.ts';

const ROWS_PER_PAGE = 50;
const exportForm = choiceSchema.extend({ format: z.enum(formatNames) });

export function auditPages(site: Site): Router {
  const path = `${site.base}/admin/audit`;
  const router = Router();

  router.get('/admin/audit', async (req, res) => {
    checkMay(req, 'audit:read');
    await sendAudit(req, res, readChoice(req.query));
  });

  // What is typed may be an address, which stands in no link: a form that is sent, and then a link.
  router.post('/admin/audit/find', async (req, res) => {
    checkMay(req, 'audit:read');
    const choice = choose(site.keyring, readForm(req, findForm));
    if ('error' in choice) await sendAudit(req, res, {}, choice.error);
    else res.redirect(303, `${path}${queryOf(choice)}`);
  });

  router.post('/admin/audit/export', async (req, res) => {
    const session = checkMay(req, 'audit:read');
    const { format, ...choice } = readForm(req, exportForm);
    // Taking it along is told first, and is in what is taken.
    await inTransaction(site.db, (tx) =>
      appendAudit(site.vault, tx, {
        event: 'audit-exported',
        details: { actor: session.address, network: visitOf(req).network, format, ...chosenWords(choice) },
      }),
    );
    const day = isoNow(site.clock).slice(0, 10);
    res.set('Content-Type', formats[format].contentType);
    res.set('Content-Disposition', attachmentHeader(`audit-${day}.${format}`));
    await pipeline(Readable.from(lines(formats[format], filterOf(choice))), res);
  });

  return router;

  async function sendAudit(req: Request, res: Response, choice: Choice, error?: string): Promise<void> {
    const filter = filterOf(choice);
    const { rows, pager } = await takePage(
      req,
      `${path}${queryOf(choice)}`,
      (page) => listAudit(site.keyring, site.db, filter, numbered(page)),
      ({ seq }) => String(seq),
      { isCursor: isNumber, rowsPerPage: ROWS_PER_PAGE },
    );
    const shown = { choice, entries: rows, pager, checkpoint: await loadCheckpoint(site.db) };
    await sendPage(site, req, res, {
      name: 'audit',
      title: 'Audit log',
      at: 'audit',
      ...(error === undefined ? {} : { status: 422 }),
      model: auditPage(site, path, error === undefined ? shown : { ...shown, error }),
    });
  }

  async function* lines({ head, lineEnd, line }: Format, filter: AuditFilter): AsyncGenerator<string> {
    if (head !== '') yield head;
    for await (const entry of readAudit(site.keyring, site.db, filter)) yield `${line(entry)}${lineEnd}`;
  }
}

// Entries are told apart by their number.
function isNumber(text: unknown): text is string {
  return typeof text === 'string' && /^\d{1,15}$/.test(text);
}

function numbered(page: PageAsk): AuditPage {
  const { limit } = page;
  if ('after' in page) return { limit, after: Number(page.after) };
  return page.before === undefined ? { limit } : { limit, before: Number(page.before) };
}

function chosenWords(choice: Choice): Record<string, string> {
  const chosen = queryOf(choice);
  return chosen === '' ? {} : { chosen: chosen.slice(1) };
}

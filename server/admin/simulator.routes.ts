// Owns the pages on which administrators try a policy out, on a mail and on what was taken in. To everybody else they do not
// exist. No text of a mail that was tried outlives its request.

import { Router } from 'express';
import type { Request, Response } from 'express';
import type { Address } from '../core/address.ts';
import { parseAddress } from '../core/address.ts';
import { AppError } from '../core/errors.ts';
import { sendPage } from '../http/page.ts';
import { statusOf } from '../http/problems.ts';
import type { Site } from '../http/site.ts';
import { readUpload } from '../http/uploads.ts';
import type { UploadedFile } from '../http/uploads.ts';
import { checkMay, mayHere, visitOf } from '../http/visit.ts';
import type { GivenMail } from '../ingest/given-mail.ts';
import { PolicyFaults } from '../policy/document-faults.ts';
import { readDocumentText } from '../policy/document-text.ts';
import type { Explanation } from '../policy/explain.ts';
import type { Policy } from '../policy/policy.ts';
import { policyLimits } from '../policy/policy-limits.ts';
import type { SimulatorPage } from '../render/page-models/simulator.ts';
import type { Rulebook } from '../rulebook/rulebook.ts';
import type { Replays } from '../simulator/replays.ts';
import { replayPage, replayRow } from './replay.model.ts';
import { trialView } from './simulator.model.ts';

export interface SimulatorPagesDeps {
  readonly site: Site;
  readonly rulebook: Rulebook;
  readonly simulator: {
    readonly tryMail: (mail: GivenMail, draft?: Policy) => Promise<Explanation>;
    readonly replays: Replays;
  };
}

const PASTED_BYTES_MAX = 2 * 1024 * 1024;
const FORM_BYTES_MAX = policyLimits.documentBytesMax + PASTED_BYTES_MAX + 64 * 1024;
const HEADING = 'Simulator';
const DAYS = '7';

type Fields = ReadonlyMap<string, string>;
type Shown = Partial<Pick<SimulatorPage, 'faults' | 'problem' | 'result'>>;

export function simulatorPages(deps: SimulatorPagesDeps): Router {
  const { site, rulebook, simulator } = deps;
  const { replays } = simulator;
  const router = Router();
  const path = `${site.base}/admin/policy/simulate`;
  const replaysPath = `${site.base}/admin/policy/replays`;

  router.get('/admin/policy/simulate', async (req, res) => {
    checkMay(req, 'policy:read');
    await send(req, res, new Map(), {}, 200);
  });

  router.post('/admin/policy/simulate', async (req, res) => {
    checkMay(req, 'policy:read');
    const fields = new Map<string, string>();
    await orSayWhy(req, res, fields, async () => {
      let explanation: Explanation | undefined;
      await readUpload(req, uploadLimits(), fields, async (file) => {
        if (!(await isChosen(file))) return;
        // What it is tried with has to have come by then: a draft that comes later would be passed over.
        if (!fields.has('document')) throw new AppError('request/malformed', 'The file has to come last in the form.');
        explanation = await tryMail(fields, file.content);
      });
      // From the page of the policy: its text comes along, and the mail is still to be given.
      if (fields.get('do') === 'draft') return send(req, res, fields, {}, 200);
      explanation ??= await tryMail(fields, pasted(fields));
      await send(req, res, fields, { result: trialView(explanation, isDraft(fields)) }, 200);
    });
  });

  router.post('/admin/policy/replays', async (req, res) => {
    const { address: actor } = checkMay(req, 'policy:try');
    const fields = new Map<string, string>();
    await orSayWhy(req, res, fields, async () => {
      await readUpload(req, uploadLimits(), fields, () => Promise.resolve());
      const days = fields.get('days') ?? '';
      const { id } = await replays.begin({
        // What is no number is refused where the number is.
        days: /^\d{1,3}$/.test(days) ? Number(days) : Number.NaN,
        draft: draftIn(fields),
        actor,
        network: visitOf(req).network,
      });
      res.redirect(303, `${replaysPath}/${id}`);
    });
  });

  router.get('/admin/policy/replays/:replay', async (req, res) => {
    checkMay(req, 'policy:read');
    const { replay: id } = req.params;
    const model = replayPage(await replays.get(id), replaysPath, path, site.clock.nowMs());
    await sendPage(site, req, res, {
      name: 'policy-replay',
      title: `${HEADING}, ${model.title}`,
      at: 'simulator',
      model,
    });
  });

  return router;

  function uploadLimits() {
    return { files: 1, bytes: site.messageBytesMax, fieldBytes: FORM_BYTES_MAX };
  }

  function tryMail(fields: Fields, source: AsyncIterable<Buffer>): Promise<Explanation> {
    const [from] = addressesIn(fields, 'from');
    return simulator.tryMail({ from, to: addressesIn(fields, 'to'), source }, draftIn(fields));
  }

  function draftIn(fields: Fields): Policy | undefined {
    return isDraft(fields) ? rulebook.draft(readDocumentText(fields.get('document') ?? '')) : undefined;
  }

  /** What somebody can mend is said beside what they typed. */
  async function orSayWhy(req: Request, res: Response, fields: Fields, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (error instanceof PolicyFaults) return send(req, res, fields, { faults: error.faults }, 422);
      if (!(error instanceof AppError) || error.code === 'request/forged') throw error;
      await send(req, res, fields, { problem: error.message }, statusOf[error.code]);
    }
  }

  function send(req: Request, res: Response, fields: Fields, shown: Shown, status: number): Promise<void> {
    return sendSimulator(deps, req, res, fields, shown, status);
  }
}

/** The page with a draft in it, on which a mail is still to be given. */
export function showDraft(
  deps: Pick<SimulatorPagesDeps, 'site' | 'simulator'>,
  req: Request,
  res: Response,
  document: string,
): Promise<void> {
  return sendSimulator(deps, req, res, new Map([['document', document]]), {}, 200);
}

async function sendSimulator(
  { site, simulator: { replays } }: Pick<SimulatorPagesDeps, 'site' | 'simulator'>,
  req: Request,
  res: Response,
  fields: Fields,
  shown: Shown,
  status: number,
): Promise<void> {
  const path = `${site.base}/admin/policy/simulate`;
  const replaysPath = `${site.base}/admin/policy/replays`;
  const rows = await replays.list();
  const model: SimulatorPage = {
    action: path,
    mayReplay: mayHere(req, 'policy:try'),
    replayAction: replaysPath,
    policyUrl: `${site.base}/admin/policy`,
    from: fields.get('from') ?? '',
    to: fields.get('to') ?? '',
    mail: fields.get('mail') ?? '',
    draft: fields.get('document') ?? '',
    days: fields.get('days') ?? DAYS,
    daysMax: policyLimits.replayDaysMax,
    fileLimit: `${Math.floor(site.messageBytesMax / 1024 / 1024)} MB`,
    faults: shown.faults ?? [],
    ...(shown.problem === undefined ? {} : { problem: shown.problem }),
    ...(shown.result === undefined ? {} : { result: shown.result }),
    replays: rows.map((row) => replayRow(row, replaysPath, site.clock.nowMs())),
  };
  await sendPage(site, req, res, { name: 'policy-simulator', title: HEADING, at: 'simulator', status, model });
}

function isDraft(fields: Fields): boolean {
  return (fields.get('document') ?? '').trim() !== '';
}

// A browser sends the field of a file also when none was chosen.
async function isChosen({ filename, content }: UploadedFile): Promise<boolean> {
  if (filename !== '') return true;
  for await (const piece of content) {
    if (piece.length > 0) throw new AppError('request/malformed', 'The file has no name.');
  }
  return false;
}

async function* pasted(fields: Fields): AsyncGenerator<Buffer, void, undefined> {
  const text = fields.get('mail') ?? '';
  if (text.trim() === '') throw new AppError('mail/unreadable', 'Paste a mail, or choose a file.');
  yield Buffer.from(text.trimStart());
}

function addressesIn(fields: Fields, name: string): Address[] {
  const texts = (fields.get(name) ?? '').split(/[,;\s]+/).filter((text) => text !== '');
  return texts.map((text) => {
    const address = parseAddress(text);
    if (address === undefined) throw new AppError('mail/recipients', `“${text}” is not a mail address.`);
    return address;
  });
}

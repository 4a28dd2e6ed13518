// Owns the row of what trying a policy on earlier mails takes of memory: it must not grow with their number.

import { setTimeout as pause } from 'node:timers/promises';
import { detectorNames } from '../../server/detect/look.ts';
import { memoryOf } from '../../test/support/child-program.ts';
import { newKey } from '../api-key.ts';
import type { Bench, Benchmark, Measured } from '../benchmark.ts';
import { sendMails } from '../load/smtp-source.ts';
import { seconds, shown } from '../rounds.ts';
import { startSealpost } from '../sealpost.ts';
import type { Sealpost } from '../sealpost.ts';

const MB = 1e6;
const ASKED_EVERY_MS = 50;

export const replayMemory: Benchmark = {
  name: 'most memory while a policy is tried on 5,000 mails, beyond that before',
  unit: 'MB',
  needs: ['smtp-source'],
  run: runReplay,
};

async function runReplay(bench: Bench): Promise<Measured> {
  const [few, many] = bench.quick ? [20, 100] : [500, 5_000];
  const sealpost = await startSealpost(bench);
  const key = await newKey(sealpost, ['admin:read', 'admin:write']);
  const fill = (mails: number): Promise<number> => sendMails({ port: sealpost.smtpPort, mails, reuse: true });
  await fill(few);
  // It pays for the inspector's worker as well, and for what is compiled.
  const first = await replayOnce(sealpost, key, few);
  await fill(many - few);
  const whole = await replayOnce(sealpost, key, many);
  const again = await replayOnce(sealpost, key, many);
  const told = ({ before, most, took }: Replayed): string =>
    `from ${shown(before)} to ${shown(most)} MB in ${shown(took)} s`;
  return {
    value: whole.most - whole.before,
    notes: [`the first ${few}: ${told(first)}; ${many}: ${told(whole)}; once more: ${told(again)}`],
  };
}

interface Replayed {
  readonly before: number;
  readonly most: number;
  readonly took: number;
}

async function replayOnce({ pid, url }: Sealpost, key: string, mails: number): Promise<Replayed> {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json', 'x-forwarded-proto': 'https' };
  const rules = [{ id: 'all', name: 'All', when: { any: detectors }, then: [{ apply: 'do-not-forward' }] }];
  const before = (await memoryOf(pid)).now / MB;
  let most = before;
  const took = await seconds(async () => {
    const body = JSON.stringify({ format: 1, rules });
    const begun = await fetch(`${url}/api/v1/simulate?days=1`, { method: 'POST', headers, body });
    const place = begun.headers.get('location');
    if (begun.status !== 202 || place === null) throw new Error(`a replay was answered ${begun.status}`);
    for (let state = 'running'; state === 'running';) {
      await pause(ASKED_EVERY_MS);
      most = Math.max(most, (await memoryOf(pid)).now / MB);
      const told: unknown = await (await fetch(`${url}${place}`, { headers })).json();
      const { state: now, judged } = progressIn(told);
      if (now === 'done' && judged !== mails) throw new Error(`${judged} mails were judged, not ${mails}`);
      if (now !== 'done' && now !== 'running') throw new Error(`the replay is ${now}`);
      state = now;
    }
  });
  return { before, most, took };
}

const detectors = detectorNames.map((is) => ({ detector: { is } }));

function progressIn(told: unknown): { readonly state: string; readonly judged: number } {
  const { state, report } = Object(told) as { state: unknown; report: unknown }; // checked below
  const { judged } = Object(report) as { judged: unknown };
  if (typeof state !== 'string' || typeof judged !== 'number') throw new Error('a replay was told in another shape');
  return { state, judged };
}

// Owns the row of what a rule on content costs the mails that come in by SMTP, beside the same without the rule.

import { detectorNames } from '../../server/detect/look.ts';
import { bindRulebook } from '../../server/rulebook/rulebook.ts';
import type { Bench, Benchmark, Measured } from '../benchmark.ts';
import { sendMails } from '../load/smtp-source.ts';
import { inRounds, median, shown, spread } from '../rounds.ts';
import { startSealpost } from '../sealpost.ts';
import type { Sealpost } from '../sealpost.ts';

export const smtpInspected: Benchmark = {
  name: '10 KB mails by SMTP, looked through for a content rule',
  unit: 'mails/s',
  peer: 'the same without the rule',
  needs: ['smtp-source'],
  run: runInspected,
};

async function runInspected(bench: Bench): Promise<Measured> {
  const mails = bench.quick ? 200 : 2_000;
  const [inspected, plain] = [await startSealpost(bench), await startSealpost(bench)];
  await saveContentRule(inspected);
  const load = ({ smtpPort }: Sealpost): Promise<number> => sendMails({ port: smtpPort, mails, reuse: true });
  // Long enough for the process to have seen the new version as well.
  for (const one of [inspected, plain, inspected, plain]) await load(one);
  const cpu = { inspected: 0, plain: 0 };
  const measured = (name: keyof typeof cpu, one: Sealpost) => async (): Promise<number> => {
    const before = await one.report();
    const rate = await load(one);
    cpu[name] += (await one.report()).cpuMs - before.cpuMs;
    return rate;
  };
  const rounds = bench.quick ? 1 : 5;
  const figures = await inRounds(rounds, {
    inspected: measured('inspected', inspected),
    plain: measured('plain', plain),
  });
  const each = (cpuMs: number): string => shown(cpuMs / (mails * rounds));
  const hits = await inspected.withStore(({ db }) =>
    db
      .selectFrom('rule_hits')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow(),
  );
  // Without a hit nobody would have looked.
  if (hits.count < mails * rounds) throw new Error('the rule did not look at every mail');
  return {
    value: median(figures.inspected),
    peerValue: median(figures.plain),
    notes: [
      `rounds: ${spread(figures.inspected)}; without ${spread(figures.plain)}`,
      `processor time: ${each(cpu.inspected)} ms a mail; without ${each(cpu.plain)}`,
    ],
  };
}

/** For what no detector finds anything in: all of them look, and each mail that was looked through is a hit. */
function saveContentRule(sealpost: Sealpost): Promise<unknown> {
  const detectors = detectorNames.map((is) => ({ detector: { is } }));
  const rules = [{ id: 'nothing', name: 'Nothing', when: { none: detectors }, then: [{ deliver: 'portal' }] }];
  return sealpost.withStore(({ db, vault }) =>
    bindRulebook({
      ...{ db, vault, expiryDaysMax: sealpost.config.expiryDaysMax, orgDomains: sealpost.config.org.domains },
      brands: () => ['default'],
      saved: () => Promise.resolve(),
    }).save({ value: { format: 1, rules }, basedOn: 0, actor: 'admin@example.com' }),
  );
}

// Owns reading a CPU profile of the server's main thread: how much of its time each stage of the work takes, and which
// functions most. Run by itself it sums up the profiles that `npm run bench -- --profile FOLDER` left.

import { readFile, readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { z } from 'zod';

const profileSchema = z.object({
  nodes: z.array(
    z.object({
      id: z.number(),
      callFrame: z.object({ functionName: z.string(), url: z.string(), lineNumber: z.number() }),
      children: z.array(z.number()).optional(),
    }),
  ),
  samples: z.array(z.number()),
  timeDeltas: z.array(z.number()),
});

/** Where the frames of each stage stand. The innermost frame that fits one counts, so what a stage calls is its own. */
const stages: readonly (readonly [name: string, where: RegExp])[] = [
  ['smtp', /node_modules\/smtp-server\/|server\/ingest\/(?:smtp-|line-endings)/],
  ['parse', /node_modules\/mailparser\/|server\/mail\/(?:parse|mime|worker-|mail-tree|pieces|safe-|sanitize)/],
  ['seal, open', /server\/crypto\//],
  ['database', /node_modules\/(?:kysely|better-sqlite3|pg)\/|server\/db\/|\.store\.ts$/],
  ['blobs', /server\/blobs\//],
  ['session', /node_modules\/(?:jose|cookie)\/|server\/signin\/|server\/http\/visit/],
  ['render', /node_modules\/handlebars\/|server\/render\/|\.model\.ts$|server\/http\/page|views\//],
  ['web', /node_modules\/|node:_?http|server\/(?:http|api)\/|\.routes\.ts$/],
  ['the road', /server\//],
];

/** What none of ours called: Node by itself, mostly between a socket and its first callback. */
const nodeAlone: typeof stages = [
  ['sockets', /^node:(?:net|internal\/stream)/],
  ['loading modules', /^node:internal\/(?:modules|deps|bootstrap)/],
  ['the rest of Node', /./],
];

const NOT_WORK = new Set(['(root)', '(idle)']);

export interface ProfileSummary {
  /** Milliseconds in which the thread had something to do. */
  readonly busyMs: number;
  readonly idleMs: number;
  /** Share of the busy time, largest first. */
  readonly stages: readonly (readonly [name: string, share: number])[];
  readonly functions: readonly (readonly [place: string, share: number])[];
  /** The same by function of ours, each with the libraries and the parts of Node it calls. */
  readonly ours: readonly (readonly [place: string, share: number])[];
}

export function summarise(text: string): ProfileSummary {
  const { nodes, samples, timeDeltas } = profileSchema.parse(JSON.parse(text));
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)));
  const selfUs = new Map<number, number>();
  samples.forEach((id, at) => selfUs.set(id, (selfUs.get(id) ?? 0) + (timeDeltas[at] ?? 0)));

  const stageOf = (id: number | undefined): string => {
    let outermost = '';
    for (let at = id; at !== undefined; at = parents.get(at)) {
      const { functionName = '', url = '' } = byId.get(at)?.callFrame ?? {};
      if (functionName === '(garbage collector)') return 'garbage collection';
      const stage = stages.find(([, where]) => where.test(url));
      if (stage !== undefined) return stage[0];
      outermost = url || outermost;
    }
    return nodeAlone.find(([, where]) => where.test(outermost))?.[0] ?? 'outside of JavaScript';
  };

  const ownerOf = (id: number): string => {
    for (let at: number | undefined = id; at !== undefined; at = parents.get(at)) {
      const frame = byId.get(at)?.callFrame;
      if (frame !== undefined && /\/server\//.test(frame.url)) return placeOf(frame);
    }
    return packageOf(id);
  };
  const packageOf = (id: number): string => {
    for (let at: number | undefined = id; at !== undefined; at = parents.get(at)) {
      const [, name] = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(byId.get(at)?.callFrame.url ?? '') ?? [];
      if (name !== undefined) return `the package ${name}`;
    }
    return 'Node';
  };

  const byStage = new Map<string, number>();
  const byOwner = new Map<string, number>();
  const byFunction = new Map<string, number>();
  let busyUs = 0;
  let idleUs = 0;
  for (const [id, us] of selfUs) {
    const frame = byId.get(id)?.callFrame;
    if (frame === undefined) continue;
    if (NOT_WORK.has(frame.functionName)) {
      idleUs += us;
      continue;
    }
    busyUs += us;
    add(byStage, stageOf(id), us);
    add(byFunction, placeOf(frame), us);
    add(byOwner, ownerOf(id), us);
  }
  const shares = (times: Map<string, number>): [string, number][] =>
    [...times].map(([name, us]): [string, number] => [name, us / busyUs]).toSorted(([, a], [, b]) => b - a);
  return {
    busyMs: busyUs / 1000,
    idleMs: idleUs / 1000,
    stages: shares(byStage),
    functions: shares(byFunction),
    ours: shares(byOwner),
  };
}

/** As Markdown, the `most` heaviest functions. */
export function profileText(summary: ProfileSummary, most = 40): string {
  const row = ([name, share]: readonly [string, number]): string => `| ${name} | ${(share * 100).toFixed(1)} % |`;
  return [
    `Busy ${(summary.busyMs / 1000).toFixed(1)} s, idle ${(summary.idleMs / 1000).toFixed(1)} s.`,
    '',
    '| stage | share |',
    '| --- | --- |',
    ...summary.stages.map(row),
    '',
    '| function, time of its own | share |',
    '| --- | --- |',
    ...summary.functions.slice(0, most).map(row),
    '',
    '| function of ours, with what it calls of libraries and Node | share |',
    '| --- | --- |',
    ...summary.ours.slice(0, most).map(row),
    '',
  ].join('\n');
}

function placeOf({ functionName, url, lineNumber }: { functionName: string; url: string; lineNumber: number }): string {
  const file = url.startsWith('file://')
    ? relative(join(import.meta.dirname, '..'), new URL(url).pathname)
    : url.replace(/^.*node_modules\//, '');
  return `${functionName || '(anonymous)'} ${file === '' ? '' : `${file}:${lineNumber + 1}`}`.trim();
}

function add(times: Map<string, number>, name: string, us: number): void {
  times.set(name, (times.get(name) ?? 0) + us);
}

if (import.meta.main) {
  const folder = process.argv[2] ?? '.';
  for (const name of (await readdir(folder)).filter((one) => one.endsWith('.cpuprofile'))) {
    process.stdout.write(`## ${name}\n\n${profileText(summarise(await readFile(join(folder, name), 'utf8')))}\n`);
  }
}

// Owns the rows of creating a message over REST: Sealpost, which checks the key, reads, decides, seals and commits
// message, recipient, work and audit, beside a bare Express with one insert. Both are durable before they answer.

import { newKey } from '../api-key.ts';
import type { Bench, Benchmark, Measured } from '../benchmark.ts';
import { startPeer } from '../child.ts';
import { loadWeb } from '../load/wrk.ts';
import { inRounds, median, shown, spread } from '../rounds.ts';
import { startSealpost } from '../sealpost.ts';

const PEER = 'bare Express: AES-GCM, one SQLite FULL insert';
const CONNECTIONS = 10;
const BODY_BYTES = 10_240;

export const createJson: Benchmark = {
  name: '10 KB messages created over REST, JSON',
  unit: 'messages/s',
  peer: PEER,
  bar: { atLeast: 0.9, aim: 1 },
  needs: ['wrk'],
  run: (bench) => run(bench, { path: '/api/v1/messages', contentType: 'application/json', script: JSON_SCRIPT }),
};

export const createRaw: Benchmark = {
  name: '10 KB messages created over REST, raw mail',
  unit: 'messages/s',
  peer: PEER,
  needs: ['wrk'],
  run: (bench) =>
    run(bench, {
      path: '/api/v1/messages?from=alice@example.com&to=bob@recipient.example',
      contentType: 'message/rfc822',
      script: RAW_SCRIPT,
    }),
};

// Lua for wrk. Text without quotes or line ends, which is JSON as it stands.
const TEXT = `
local text = string.rep("The quick brown fox jumps over the lazy dog once more. ", 200):sub(1, ${BODY_BYTES})
wrk.method = "POST"
`;

const JSON_SCRIPT = `${TEXT}
wrk.body = '{"from":"alice@example.com","to":["bob@recipient.example"],"subject":"Figures","text":"' .. text .. '"}'
`;

// Equal mails would be one mail sent again, so each says its number; and lines of a mail have their limit.
const RAW_SCRIPT = `${TEXT}
local lines = text:gsub("(" .. string.rep(".", 76) .. ")", "%1\\r\\n")
local start = os.time() .. "." .. math.floor(os.clock() * 1e6)
local count = 0
function request()
  count = count + 1
  return wrk.format(nil, nil, nil, "From: alice@example.com\\r\\nTo: bob@recipient.example\\r\\nSubject: Figures\\r\\n"
    .. "Message-ID: <" .. start .. "." .. count .. "@example.com>\\r\\nDate: Sat, 21 Nov 2026 10:00:00 +0000\\r\\n\\r\\n"
    .. lines .. "\\r\\n")
end
`;

interface Request {
  readonly path: string;
  readonly contentType: string;
  readonly script: string;
}

async function run(bench: Bench, { path, contentType, script }: Request): Promise<Measured> {
  const seconds = bench.quick ? 1 : 5;
  const sealpost = await startSealpost(bench);
  const bare = await startPeer(bench, 'create');
  const headers = { authorization: `Bearer ${await newKey(sealpost, ['messages:send'])}`, 'content-type': contentType };
  const p99Ms: { sealpost: number[]; bare: number[] } = { sealpost: [], bare: [] };
  let [answered, runs] = [0, 0];
  const load = async (url: string, times: number[]): Promise<number> => {
    const one = await loadWeb({ url: url + path, seconds, dir: bench.dir, headers, script, connections: CONNECTIONS });
    times.push(one.p99Ms);
    if (url === sealpost.url) [answered, runs] = [answered + one.requests, runs + 1];
    return one.perSecond;
  };
  const bareUrl = `http://127.0.0.1:${bare.port}`;
  for (const url of [sealpost.url, bareUrl]) await load(url, []);
  const before = { ...(await sealpost.report()), answered };
  const rates = await inRounds(bench.quick ? 1 : 5, {
    sealpost: () => load(sealpost.url, p99Ms.sealpost),
    bare: () => load(bareUrl, p99Ms.bare),
  });
  const { cpuMs } = await sealpost.report();
  const kept = await sealpost.messages();
  // wrk goes without waiting for its last answers.
  if (kept < answered || kept > answered + runs * CONNECTIONS) {
    throw new Error(`201 was answered ${answered} times, and ${kept} messages are kept`);
  }
  return {
    value: median(rates.sealpost),
    peerValue: median(rates.bare),
    notes: [
      `processor time: ${shown((cpuMs - before.cpuMs) / (answered - before.answered))} ms a message`,
      `rounds: ${spread(rates.sealpost)}, bare Express ${spread(rates.bare)}`,
      `p99 with 10 connections: ${shown(median(p99Ms.sealpost))} ms, bare Express ${shown(median(p99Ms.bare))} ms`,
    ],
  };
}

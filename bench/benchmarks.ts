// Owns the list of benchmarks, in the order in which they run and are told.

import type { Benchmark } from './benchmark.ts';
import { smtpInspected } from './rows/content-rule.ts';
import { createJson, createRaw } from './rows/create.ts';
import { firstPage } from './rows/first-page.ts';
import { inspectAndDecide } from './rows/policy.ts';
import { readHtml, readPage } from './rows/read.ts';
import { readersWhileIngesting } from './rows/readers-p99.ts';
import { replayMemory } from './rows/replay.ts';
import { sealLarge, storeLarge } from './rows/seal.ts';
import { loopWhileSigningIn, signIns } from './rows/sign-in.ts';
import { smtpAndNotices, smtpNewConnections, smtpReusedConnections } from './rows/smtp.ts';
import { idleMemory, start } from './rows/start.ts';

export const benchmarks: readonly Benchmark[] = [
  smtpNewConnections,
  smtpReusedConnections,
  smtpAndNotices,
  createJson,
  createRaw,
  readPage,
  readHtml,
  firstPage,
  readersWhileIngesting,
  sealLarge,
  storeLarge,
  inspectAndDecide,
  smtpInspected,
  replayMemory,
  signIns,
  loopWhileSigningIn,
  start,
  idleMemory,
];

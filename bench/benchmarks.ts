// Owns the list of benchmarks, in the order in which they run and are told.

import type { Benchmark } from './benchmark.ts';
import { smtpNewConnections, smtpReusedConnections } from './rows/smtp.ts';

export const benchmarks: readonly Benchmark[] = [smtpNewConnections, smtpReusedConnections];

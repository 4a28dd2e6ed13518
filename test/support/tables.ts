// Owns looking at all that is stored, for tests that say "and nothing has changed".

import type { Tables } from '../../server/db/tables.ts';
import type { Running } from './program.ts';

// A new table has to be named here, or this does not compile.
const tables: Record<keyof Tables, true> = {
  messages: true,
  recipients: true,
  parts: true,
  outbox: true,
  challenges: true,
  codes: true,
  sessions: true,
  ceremonies: true,
  identities: true,
  passkeys: true,
  phrases: true,
  phrase_proofs: true,
  counters: true,
  brand_names: true,
  brand_versions: true,
  brand_drafts: true,
  api_keys: true,
  audit: true,
  alerts: true,
  daily_figures: true,
  rule_days: true,
  audit_checkpoints: true,
  try_mail: true,
  people: true,
  news_wishes: true,
  news: true,
  requests: true,
  marks: true,
  tombstones: true,
  drafts: true,
  kept_letters: true,
  kept_forms: true,
  policies: true,
  rule_hits: true,
  holds: true,
  hold_approvers: true,
  held_recipients: true,
  replays: true,
  rosters: true,
  totps: true,
  recovery_codes: true,
  certificates: true,
  certificate_addresses: true,
  connectors: true,
  connector_tests: true,
  sts_policies: true,
  own_sts: true,
  inbound_seen: true,
  tls_reports: true,
  tls_results: true,
  webhooks: true,
  webhook_deliveries: true,
  webhook_attempts: true,
};

export type Contents = Readonly<Record<keyof Tables, readonly unknown[]>>;

/** Every row of every table, in the order in which the database has them. */
export async function allRows(running: Running): Promise<Contents> {
  const contents: Partial<Record<keyof Tables, unknown[]>> = {};
  for (const name of tableNames()) contents[name] = await running.store.db.selectFrom(name).selectAll().execute();
  return contents as Contents; // every name had its turn
}

/** How many rows each table has gained. */
export function gained(before: Contents, after: Contents): Record<string, number> {
  const more = tableNames().map((name) => [name, after[name].length - before[name].length] as const);
  return Object.fromEntries(more.filter(([, count]) => count !== 0));
}

export function tableNames(): (keyof Tables)[] {
  return Object.keys(tables) as (keyof Tables)[]; // the keys of the object just above
}

// Owns the connectors as administrators change them, and finding a domain's. One road for the page, the API and the command
// line; a save is a version, and whoever started from an older one is told.

import type { z } from 'zod';
import { AppError } from '../core/errors.ts';
import type { Db, Tx } from '../db/engine.ts';
import { inTransaction } from '../db/engine.ts';
import { connectorsSchema, withKey } from './connector.ts';
import type { Connector } from './connector.ts';
import { inboundSchema } from './inbound.ts';
import type { InboundPeer } from './inbound.ts';
import { insertConnectors, loadConnectors, newestConnectors } from './connectors.store.ts';
import type { ConnectorDeps, ConnectorList } from './connectors.store.ts';

export interface ConnectorsDeps {
  readonly db: Db;
  readonly vault: ConnectorDeps;
  /** Written in the same transaction. */
  readonly audit: (tx: Tx, details: Record<string, string | number>) => Promise<void>;
}

export interface ConnectorsChange {
  /** Those to partners. */
  readonly value: unknown;
  /** Those from peers with a certificate; undefined: as they are. */
  readonly inbound?: unknown;
  readonly basedOn: number;
  readonly actor: string;
}

export interface Connectors {
  newest(): Promise<ConnectorList>;
  of(domain: string): Promise<Connector | undefined>;
  /** Throws request/malformed, and request/outdated when `basedOn` is not the newest version any more. */
  save(change: ConnectorsChange): Promise<ConnectorList>;
}

export function bindConnectors({ db, vault, audit }: ConnectorsDeps): Connectors {
  // Opened once a version; every mail asks.
  let known: ConnectorList | undefined;

  async function newest(): Promise<ConnectorList> {
    if (known?.version !== (await newestConnectors(db))) known = await loadConnectors(vault.keyring, db);
    return known;
  }

  return {
    newest,
    of: async (domain) => (await newest()).connectors.find((one) => one.domain === domain),
    save: async ({ value, inbound: asked, basedOn, actor }) => {
      const before = await newest();
      if (before.version !== basedOn) throw outdated();
      const connectors = readConnectors(value, before);
      const inbound = asked === undefined ? before.inbound : readInbound(asked);
      const isSame = JSON.stringify([connectors, inbound]) === JSON.stringify([before.connectors, before.inbound]);
      if (isSame) return before;
      const version = await inTransaction(db, async (tx) => {
        const made = await insertConnectors(vault, tx, basedOn, { connectors, inbound });
        if (made === undefined) throw outdated();
        await audit(tx, {
          actor,
          from: basedOn,
          to: made,
          connectors: connectors.length,
          inbound: inbound.length,
          ...changedPeers(before.inbound, inbound),
        });
        return made;
      });
      return { version, connectors, inbound };
    },
  };
}

/** Throws request/malformed with the path of the first faults. */
function readConnectors(value: unknown, before: ConnectorList): Connector[] {
  const parsed = connectorsSchema.safeParse(value);
  if (!parsed.success) throw malformed('', parsed.error.issues);
  return parsed.data.map((given, n) => {
    const whole = withKey(
      given,
      before.connectors.find(({ domain }) => domain === given.domain),
    );
    if (whole !== undefined) return whole;
    throw new AppError(
      'request/malformed',
      `[${n}].client needs a certificate and the unencrypted key that belongs to it.`,
    );
  });
}

/** Throws request/malformed, likewise. */
function readInbound(value: unknown): InboundPeer[] {
  const parsed = inboundSchema.safeParse(value);
  if (!parsed.success) throw malformed('inbound', parsed.error.issues);
  return parsed.data;
}

/** For the audit: who may hand in mail now and could not before, and the other way round. */
function changedPeers(
  before: readonly InboundPeer[],
  after: readonly InboundPeer[],
): { readonly admitted?: string; readonly ended?: string } {
  const admitted = missingIn(before, after);
  const ended = missingIn(after, before);
  return { ...(admitted === '' ? {} : { admitted }), ...(ended === '' ? {} : { ended }) };
}

function missingIn(peers: readonly InboundPeer[], others: readonly InboundPeer[]): string {
  const known = new Set(peers.map((peer) => JSON.stringify(peer)));
  return others
    .filter((peer) => !known.has(JSON.stringify(peer)))
    .map(({ name }) => name)
    .join(', ');
}

const FAULTS_TOLD_MAX = 5;

function malformed(list: '' | 'inbound', issues: readonly z.core.$ZodIssue[]): AppError {
  const told = issues.slice(0, FAULTS_TOLD_MAX).map(({ path, message, code }) => {
    const where = path.reduce<string>(
      (text, key) => (typeof key === 'number' ? `${text}[${key}]` : `${text}.${String(key)}`),
      list,
    );
    return `${where === '' ? 'the list' : where} ${code === 'custom' || code === 'invalid_format' ? message : 'is not of the form it should have'}`;
  });
  return new AppError('request/malformed', `The connectors are refused: ${told.join('; ')}.`);
}

function outdated(): AppError {
  return new AppError(
    'request/outdated',
    'Somebody changed the connectors meanwhile. Get them, and make your change on top.',
  );
}

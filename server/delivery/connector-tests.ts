// Owns trying out what partners' mail servers prove, by hand and by itself once a year, and keeping what came of it beside what came
// of it before.

import { isoNow } from '../core/clock.ts';
import type { Db, Tx } from '../db/engine.ts';
import { inTransaction } from '../db/engine.ts';
import type { Connector } from './connector.ts';
import type { Connectors } from './connectors.ts';
import type { ConnectorDeps } from './connectors.store.ts';
import { claimTests, listTests, loadTest, saveTest, seedTests } from './connector-tests.store.ts';
import type { KeptTest } from './connector-tests.store.ts';
import { acceptTest, judgeTest } from './judge-test.ts';
import type { DomainTest } from './test-domain.ts';

export interface ConnectorTests {
  /** Connects, and keeps what it found where the domain has a connector. */
  test(domain: string): Promise<DomainTest>;
  /** Tests those that are due, a few at a time. @returns how many; `most` when others may be due. */
  testDue(most: number): Promise<number>;
  /** By domain. */
  kept(): Promise<Map<string, KeptTest>>;
  /**
   * What was found last is from now on what the next are compared with; `tell` is called in the same transaction. @returns
   * false when there is nothing to accept.
   */
  accept(domain: string, tell: (tx: Tx) => Promise<void>): Promise<boolean>;
}

export interface ConnectorTestsDeps {
  readonly db: Db;
  readonly vault: ConnectorDeps;
  readonly connectors: Connectors;
  readonly look: (domain: string) => Promise<DomainTest>;
}

/** Each may wait for somebody else's servers. */
const AT_ONCE = 4;

export function bindConnectorTests({ db, vault, connectors, look }: ConnectorTestsDeps): ConnectorTests {
  let seeded = 0;

  async function keep(connector: Connector, test: DomainTest): Promise<void> {
    await inTransaction(db, async (tx) => {
      const before = await loadTest(vault.keyring, tx, connector.domain);
      const kept = before?.card === undefined ? undefined : { card: before.card, state: before.state };
      await saveTest(vault, tx, connector, judgeTest(kept, { at: isoNow(vault.clock), test }));
    });
  }

  async function seed(): Promise<readonly Connector[]> {
    const list = await connectors.newest();
    if (list.version !== seeded) await inTransaction(db, (tx) => seedTests(vault, tx, list));
    seeded = list.version;
    return list.connectors;
  }

  return {
    test: async (domain) => {
      const connector = (await seed()).find((one) => one.domain === domain);
      const test = await look(domain);
      if (connector !== undefined) await keep(connector, test);
      return test;
    },
    testDue: async (most) => {
      const claimed = await claimTests(vault, db, await seed(), Math.min(most, AT_ONCE));
      await Promise.all(claimed.map(async (connector) => keep(connector, await look(connector.domain))));
      return claimed.length === AT_ONCE ? most : claimed.length;
    },
    kept: () => listTests(vault.keyring, db),
    accept: async (domain, tell) => {
      const connector = await connectors.of(domain);
      if (connector === undefined) return false;
      return inTransaction(db, async (tx) => {
        const before = await loadTest(vault.keyring, tx, domain);
        if (before?.card === undefined || before.state === 'good') return false;
        if (!(await saveTest(vault, tx, connector, acceptTest(before.card)))) return false;
        await tell(tx);
        return true;
      });
    },
  };
}

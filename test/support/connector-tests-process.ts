// The process behind the race in connector-tests-race.test.ts: another machine on the same database, which tests what is due when it is
// told to and says which domains it looked at. It connects to nobody, and ends with the channel to its parent.

import { bindConnectorTests } from '../../server/delivery/connector-tests.ts';
import { startProgram } from './program.ts';

const [dataDir = '', databaseUrl] = process.argv.slice(2);
const env = databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl };
const running = await startProgram({ dataDir, keep: true, env, workerRuns: false });
const { db, vault } = running.store;
let looked: string[] = [];
const tests = bindConnectorTests({
  db,
  vault,
  connectors: running.program.delivery.connectors,
  look: (domain) => {
    looked.push(domain);
    return Promise.resolve({ domain, goes: true, outcome: 'Mail goes.', notes: [], hosts: [] });
  },
});
process.once('disconnect', () => void running.stop());
process.on('message', (forwardMs) => {
  void (async () => {
    running.clock.forward(Number(forwardMs));
    looked = [];
    let counted = 0;
    for (let count = await tests.testDue(1_000); count > 0; count = await tests.testDue(1_000)) counted += 1;
    process.send?.({ looked, counted });
  })();
});
process.send?.('ready');

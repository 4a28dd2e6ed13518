// The process behind second-instance.ts. It ends with the channel to its parent.

import { startProgram } from './program.ts';

const [dataDir = '', publicUrl = '', databaseUrl] = process.argv.slice(2);
const env = { PUBLIC_URL: publicUrl, ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }) };
const running = await startProgram({ dataDir, keep: true, env });
process.once('disconnect', () => void running.stop());
// `url` is made of PUBLIC_URL, which both share, and of the port this one listens on.
process.send?.(running.url);

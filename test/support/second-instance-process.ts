// The process behind second-instance.ts. It ends with the channel to its parent.

import { startProgram } from './program.ts';

const [dataDir = '', publicUrl = ''] = process.argv.slice(2);
const running = await startProgram({ dataDir, keep: true, env: { PUBLIC_URL: publicUrl } });
process.once('disconnect', () => void running.stop());
// `url` is made of PUBLIC_URL, which both share, and of the port this one listens on.
process.send?.(running.url);

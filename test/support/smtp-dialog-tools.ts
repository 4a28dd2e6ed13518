// Owns the calling of mail tools that may or may not be installed. A test that needs a missing one is skipped,
// and says so in one loud line.

import { spawn, spawnSync } from 'node:child_process';

export interface ToolRun {
  readonly status: number | null;
  /** Standard output and standard error together. */
  readonly output: string;
}

/** False, or why a test that needs this tool is skipped. */
export function skipWithout(tool: string, versionFlag = '--version'): false | string {
  if (spawnSync(tool, [versionFlag], { stdio: 'ignore' }).error === undefined) return false;
  const reason = `${tool} is not installed`;
  console.error(`SKIPPED: ${reason}; tests with it as SMTP peer do not run`);
  return reason;
}

/** Runs a tool to its end, `input` on its standard input. */
export function runTool(tool: string, args: readonly string[], input = ''): Promise<ToolRun> {
  return new Promise((resolve, reject) => {
    const child = spawn(tool, args);
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString('latin1')));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString('latin1')));
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, output }));
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}

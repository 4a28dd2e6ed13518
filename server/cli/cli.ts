// Owns the operator's command line: which commands there are and what each is called with.

import { Command } from 'commander';
import { registerApiKeys } from './api-keys.ts';
import { registerAudit } from './audit.ts';
import { registerBackup } from './backup.ts';
import { registerCertificates } from './certificates.ts';
import { registerClock } from './clock.ts';
import { registerConnector } from './connector.ts';
import { registerDoctor } from './doctor.ts';
import { registerDomain } from './domain.ts';
import { registerKeys } from './keys.ts';
import { registerMail } from './mail.ts';
import { registerMessages } from './messages.ts';
import { registerPolicy } from './policy.ts';
import { registerProof } from './proof.ts';
import { registerServer } from './server.ts';
import { registerSimulate } from './simulate.ts';
import { registerStaff } from './staff.ts';
import { registerVerify } from './verify.ts';
import { registerWitness } from './witness.ts';

export async function run(argv: readonly string[]): Promise<void> {
  const program = new Command('sealpost')
    .description('The open, self-hosted secure-message portal')
    .showHelpAfterError()
    .configureHelp({ showGlobalOptions: false });
  registerServer(program);
  registerDoctor(program);
  registerVerify(program);
  registerClock(program);
  registerKeys(program);
  registerApiKeys(program);
  registerStaff(program);
  registerMessages(program);
  registerPolicy(program);
  registerProof(program);
  registerSimulate(program);
  registerCertificates(program);
  registerMail(program);
  registerConnector(program);
  registerDomain(program);
  registerAudit(program);
  registerBackup(program);
  registerWitness(program);
  await program.parseAsync([...argv]);
}

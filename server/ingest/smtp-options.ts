// Owns what the SMTP listener is told: where it stands, who may submit, and who takes the mail.

import type { Address } from '../core/address.ts';
import type { IntakeOptions } from './smtp-intake.ts';
import type { PeerRules } from './smtp-peer.ts';

export interface SmtpListenerOptions extends PeerRules, IntakeOptions {
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
  /** The name this server greets with. */
  readonly name: string;
  /** PEM. Without both there is no STARTTLS. */
  readonly tls?: { readonly cert: string | Buffer; readonly key: string | Buffer };
  readonly messageBytesMax: number;
  /** Whether this envelope sender may write from here. */
  readonly allowAuthor: (author: Address) => boolean;
  /** Addresses of this program itself, which anybody may write to: where bounces and answers to its mails come. Absent: none. */
  readonly isOwnAddress?: (address: Address) => boolean;
  readonly idleMs?: number;
  readonly connectionsMax?: number;
}

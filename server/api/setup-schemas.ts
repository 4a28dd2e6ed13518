// Owns the shapes of the calls about setting the place up: the look at its domains, and trying a relay.

import { z } from './described-zod.ts';

const finding = z
  .object({
    check: z.enum(['mx', 'spf', 'dkim', 'dmarc', 'mta-sts', 'tls-rpt']),
    tone: z.enum(['good', 'waiting', 'bad', 'off']).openapi({
      description: 'good: in order; waiting: could be better; bad: to be mended; off: not known',
    }),
    title: z.string(),
    state: z.string(),
    says: z.string(),
    cure: z.string().optional(),
    found: z.array(z.string()).openapi({ description: 'The records as they were found' }),
    publish: z.object({ type: z.enum(['TXT', 'MX']), name: z.string(), value: z.string() }).optional(),
    file: z.object({ url: z.string(), text: z.string() }).optional(),
  })
  .openapi('DomainFinding');

export const domainsReport = z
  .object({
    at: z.string(),
    bad: z.number().openapi({ description: 'How many findings have to be mended' }),
    open: z.number().openapi({ description: 'How many could be better or are not known' }),
    domains: z.array(z.object({ domain: z.string(), uses: z.array(z.string()), findings: z.array(finding) })),
  })
  .openapi('DomainsReport');

const short = z.string().max(320);

export const relayAsk = z
  .strictObject({
    host: short.toLowerCase(),
    port: z
      .number()
      .int()
      .min(1)
      .max(65_535)
      .optional()
      .openapi({ description: '587, or 465 where TLS begins at once' }),
    security: z.enum(['starttls', 'tls']).default('starttls'),
    tls: z.enum(['verified', 'required', 'opportunistic']).default('verified'),
    user: short.default(''),
    password: z.string().max(1_000).default('').openapi({ description: 'For this one try; kept nowhere' }),
    from: short.optional().openapi({ description: 'Author of the test mail; MAIL_FROM when absent' }),
    to: short,
  })
  .openapi('RelayAsk');

export const relayTried = z
  .object({
    went: z.boolean(),
    failedAt: z
      .enum(['NAME', 'CONNECT', 'TLS', 'GREETING', 'EHLO', 'AUTH', 'MAIL', 'RCPT', 'DATA', 'END'])
      .optional()
      .openapi({ description: 'The step at which it ended' }),
    code: z.number().optional(),
    enhanced: z.string().optional(),
    tls: z.enum(['verified', 'unverified', 'none']).optional(),
    outcome: z.string(),
    cure: z.string(),
  })
  .openapi('RelayTried');

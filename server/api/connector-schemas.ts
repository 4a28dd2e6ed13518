// Owns the shapes of the calls about connectors. What a connector may hold is checked by delivery/connector.ts.

import { z } from './described-zod.ts';

const connector = z
  .object({
    domain: z.string(),
    hosts: z
      .array(z.object({ host: z.string(), port: z.number().optional() }))
      .optional()
      .openapi({ description: 'Tried in this order; absent: the hosts of its MX records' }),
    minTls: z.enum(['1.2', '1.3']).optional(),
    certificate: z
      .union([
        z.object({ by: z.literal('host-name') }),
        z.object({ by: z.literal('names'), names: z.array(z.string()) }),
        z.object({ by: z.literal('key'), pins: z.array(z.string()) }),
      ])
      .optional()
      .openapi({
        description:
          'What the server proves itself by: an authority and the name of the host, an authority and one of these names, or a public key (SHA-256 of its SubjectPublicKeyInfo, base64)',
      }),
    client: z.object({ certificate: z.string(), key: z.string().optional() }).optional().openapi({
      description:
        'Shown to a partner who asks, as PEM. The key is never given out; without it the kept one stays, if the certificate is the same',
    }),
  })
  .openapi('Connector');

const inboundPeer = z
  .object({
    name: z.string().openapi({ description: 'Stands in the audit log as certificate:NAME' }),
    certificate: z
      .union([
        z.object({ by: z.literal('certificate'), fingerprints: z.array(z.string()) }),
        z.object({ by: z.literal('key'), pins: z.array(z.string()) }),
      ])
      .openapi({
        description:
          'Which client certificates prove it: SHA-256 of the certificate (hex, with or without colons), or of its SubjectPublicKeyInfo (base64)',
      }),
  })
  .openapi('InboundPeer');

export const connectorList = z
  .object({
    connectors: z.array(connector),
    inbound: z.array(inboundPeer).optional().openapi({
      description:
        'Who may hand in mail by showing a client certificate under STARTTLS. Absent when saving: stays as it is',
    }),
  })
  .openapi('Connectors');

/** The list itself is read by delivery/connector.ts, whose faults name their places. */
export const connectorsAsk = z.strictObject({ connectors: z.unknown(), inbound: z.unknown().optional() });

export const domainTest = z
  .object({
    domain: z.string(),
    goes: z.boolean(),
    outcome: z.string(),
    notes: z.array(z.string()),
    hosts: z.array(z.record(z.string(), z.unknown())),
  })
  .openapi('DomainTest');

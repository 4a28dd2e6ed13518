// Owns what an administrator lays down of a partner's mail servers: where they are, and what their TLS has to prove. Pure.

import { z } from 'zod';
import { isDomain } from '../core/address.ts';
import { isPair } from '../crypto/server-certificate.ts';
import type { TlsDemand } from '../mail/tls-demand.ts';

export const connectorLimits = { connectors: 1_000, hosts: 10, names: 20, pins: 10, pemCharacters: 32_768 } as const;

const name = z.string().toLowerCase().refine(isDomain, 'is not the name of a domain or host');

const host = z.strictObject({ host: name, port: z.int().min(1).max(65_535).default(25) });

const certificate = z.discriminatedUnion('by', [
  /** By an authority, for the name of the host that is connected to. */
  z.strictObject({ by: z.literal('host-name') }),
  /** By an authority, for one of these. */
  z.strictObject({ by: z.literal('names'), names: z.array(name).min(1).max(connectorLimits.names) }),
  /** SHA-256 of the public key, whoever signed the certificate. */
  z.strictObject({
    by: z.literal('key'),
    pins: z
      .array(z.string().regex(/^[A-Za-z0-9+/]{43}=$/, 'is not the SHA-256 of a public key in base64'))
      .min(1)
      .max(connectorLimits.pins),
  }),
]);

const pem = z
  .string()
  .max(connectorLimits.pemCharacters)
  .regex(/^-----BEGIN /, 'is not PEM');

export const connectorSchema = z.strictObject({
  domain: name,
  /** Tried in this order; absent: those that its MX records name. */
  hosts: z.array(host).min(1).max(connectorLimits.hosts).exactOptional(),
  minTls: z.enum(['1.2', '1.3']).default('1.2'),
  certificate: certificate.default({ by: 'host-name' }),
  /** For a partner who asks who comes. The key is taken in and never given out. */
  client: z.strictObject({ certificate: pem, key: pem.exactOptional() }).exactOptional(),
});

export const connectorsSchema = z
  .array(connectorSchema)
  .max(connectorLimits.connectors)
  .superRefine((all, context) => {
    const seen = new Set<string>();
    for (const [n, { domain }] of all.entries()) {
      if (seen.has(domain))
        context.addIssue({ code: 'custom', path: [n, 'domain'], message: 'has a connector already' });
      seen.add(domain);
    }
  });

/** As it comes in and goes out: the key of its client certificate may be left out. */
export type GivenConnector = z.output<typeof connectorSchema>;

export type Connector = Omit<GivenConnector, 'client'> & {
  readonly client?: { readonly certificate: string; readonly key: string };
};

/** What of a connector people and programs are shown. */
export function withoutKey({ client, ...connector }: Connector): GivenConnector {
  return client === undefined ? connector : { ...connector, client: { certificate: client.certificate } };
}

/** With the key that is kept, where none is given and the certificate is the same; undefined when there is none that fits. */
export function withKey({ client, ...connector }: GivenConnector, kept: Connector | undefined): Connector | undefined {
  if (client === undefined) return connector;
  const key = client.key ?? (kept?.client?.certificate === client.certificate ? kept.client.key : undefined);
  if (key === undefined || !isPair(client.certificate, key)) return undefined;
  return { ...connector, client: { certificate: client.certificate, key } };
}

/** What the host has to prove before any mail goes to it. */
export function demandOf({ minTls, certificate: wanted, client }: Connector, hostName: string): TlsDemand {
  return {
    minVersion: minTls === '1.3' ? 'TLSv1.3' : 'TLSv1.2',
    proof:
      wanted.by === 'key'
        ? { kind: 'pin', pins: wanted.pins }
        : { kind: 'ca', names: wanted.by === 'names' ? wanted.names : [hostName] },
    ...(client === undefined ? {} : { client: { certificatePem: client.certificate, keyPem: client.key } }),
  };
}

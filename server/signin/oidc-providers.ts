// Owns which issuers people can come in by, as data: where each is, and what of its claims proves an address. Pure.

import { z } from 'zod';
import { parseAddress } from '../core/address.ts';
import type { Address } from '../core/address.ts';
import type { Way } from '../core/proofs.ts';

export type ProviderName = Exclude<Way, 'code' | 'passkey'>;

export interface Provider {
  readonly name: ProviderName;
  /** What people call it. */
  readonly label: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Whom it lets in: recipients outside, or the organisation's own people. Nobody else, whatever it says of them. */
  readonly opens: 'outside' | 'organisation';
  /** The addresses that the issuer itself has confirmed to be this person's, the most telling first. */
  readonly confirmed: (claims: Claims) => readonly Address[];
  /** Asked of the person by the issuer, beside signing in. */
  readonly prompt?: string;
  /** For an issuer on this machine, in tests: it may speak http. No setting makes one. */
  readonly allowLoopbackHttp?: true;
}

const claimsSchema = z.object({
  iss: z.string().min(1),
  sub: z.string().min(1),
  email: z.string().optional().catch(undefined),
  email_verified: z.unknown().optional(),
  tid: z.string().optional().catch(undefined),
  xms_edov: z.unknown().optional(),
  verified_primary_email: z
    .union([z.string().transform((one) => [one]), z.array(z.string())])
    .optional()
    .catch(undefined),
});

/** The claims of an ID token whose signature, issuer, audience, nonce and time have been checked. */
export type Claims = z.infer<typeof claimsSchema>;

export function parseClaims(claims: unknown): Claims {
  return claimsSchema.parse(claims);
}

interface ClientSettings {
  readonly clientId: string;
  readonly clientSecret: string;
}

export interface ProviderSettings {
  readonly google?: ClientSettings | undefined;
  readonly microsoft?: ClientSettings | undefined;
  readonly staff?: (ClientSettings & { readonly issuer: string }) | undefined;
}

export function providersOf({ google, microsoft, staff }: ProviderSettings, orgName: string): Provider[] {
  return [
    ...(google === undefined ? [] : [googleProvider(google)]),
    ...(microsoft === undefined ? [] : [microsoftProvider(microsoft)]),
    ...(staff === undefined ? [] : [staffProvider(staff, orgName)]),
  ];
}

export function googleProvider(client: ClientSettings): Provider {
  return {
    name: 'google',
    label: 'Google',
    issuer: 'https://accounts.google.com',
    ...client,
    opens: 'outside',
    confirmed: saidVerified,
    prompt: 'select_account',
  };
}

export function microsoftProvider(client: ClientSettings): Provider {
  return {
    name: 'microsoft',
    label: 'Microsoft',
    // For accounts of every tenant; each token then names the issuer of its own.
    issuer: 'https://login.microsoftonline.com/common/v2.0',
    ...client,
    opens: 'outside',
    confirmed: confirmedByMicrosoft,
    prompt: 'select_account',
  };
}

export function staffProvider({ issuer, ...client }: ClientSettings & { issuer: string }, orgName: string): Provider {
  return {
    name: 'staff',
    label: orgName,
    issuer,
    ...client,
    opens: 'organisation',
    confirmed: (claims) => [...saidVerified(claims), ...ownedDomains(claims)],
  };
}

function saidVerified({ email, email_verified: verified }: Claims): Address[] {
  return verified === true ? addresses(email) : [];
}

// https://learn.microsoft.com/entra/identity-platform/claims-validation
const PERSONAL_ACCOUNTS = '9188040d-6c67-4c5b-b112-36a304b66dad';
const TENANT = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** `email` alone proves nothing: the administrators of any tenant write there what they like. */
function confirmedByMicrosoft(claims: Claims): Address[] {
  const { iss, tid, email } = claims;
  if (tid === undefined || !TENANT.test(tid) || iss !== `https://login.microsoftonline.com/${tid}/v2.0`) return [];
  return tid === PERSONAL_ACCOUNTS ? [...ownedDomains(claims), ...addresses(email)] : ownedDomains(claims);
}

/** Addresses in a domain that the tenant has shown to be its own. */
function ownedDomains({ email, xms_edov: owned, verified_primary_email: primary = [] }: Claims): Address[] {
  const isOwned = owned === true || owned === 1 || owned === '1' || owned === 'true';
  return [...(isOwned ? addresses(email) : []), ...primary.flatMap(addresses)];
}

function addresses(text: string | undefined): Address[] {
  const address = parseAddress(text);
  return address === undefined ? [] : [address];
}

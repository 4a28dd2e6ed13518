// Owns what a webhook is: where events go, which of them, and the secrets that sign them. Pure.

import { isIP } from 'node:net';
import { z } from 'zod';
import { AppError } from '../core/errors.ts';
import { isPublicAddress } from '../core/networks.ts';
import type { WebhooksTable } from '../db/tables/webhooks.ts';

export interface WebhookSecret {
  readonly secret: string;
  /** Until when it signs beside the one that took its place; ISO 8601 UTC. */
  readonly until?: string | undefined;
}

/** What is sealed. */
export interface WebhookCard {
  readonly url: string;
  /** Names of the audit log. */
  readonly events: readonly string[];
  /** The newest first. */
  readonly secrets: readonly WebhookSecret[];
}

export interface Webhook extends WebhookCard {
  readonly id: string;
  readonly version: number;
  readonly state: WebhooksTable['state'];
  readonly offBecause: WebhooksTable['off_because'];
  readonly afterSeq: number;
  readonly failingSince: string | null;
  readonly createdAt: string;
}

export const cardShape = z.object({
  url: z.string(),
  events: z.array(z.string()),
  secrets: z.array(z.object({ secret: z.string(), until: z.string().optional() })).min(1),
});

export const URL_CHARACTERS_MAX = 2_000;

/**
 * The address in its one spelling. Throws request/malformed for what can be seen to be none outside; where a name leads to is
 * looked at before each request.
 */
export function parseTarget(text: string): string {
  const url = text.length <= URL_CHARACTERS_MAX && URL.canParse(text.trim()) ? new URL(text.trim()) : undefined;
  if (url?.protocol !== 'https:') throw wrong('The address has to begin with https:// and name a server.');
  if (url.username !== '' || url.password !== '') throw wrong('The address must hold no name or password.');
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const isInside = isIP(host) === 0 ? /(^|\.)localhost\.?$/.test(host) : !isPublicAddress(host);
  if (isInside) throw wrong('The address has to be one of the public internet.');
  url.hash = '';
  return url.href;
}

/** Those that sign now. */
export function livingSecrets({ secrets }: WebhookCard, now: string): string[] {
  return secrets.filter(({ until }) => until === undefined || until > now).map(({ secret }) => secret);
}

function wrong(sentence: string): AppError {
  return new AppError('request/malformed', sentence);
}

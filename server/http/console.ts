// Owns which pages the console has, and what each needs of a role: its navigation shows no other.

import type { Request } from 'express';
import type { ConsoleEntry, ConsolePlace, Shell } from '../render/page-models/shell.ts';
import type { Capability } from '../staff/roles.ts';
import type { Site } from './site.ts';
import { mayHere } from './visit.ts';

interface Place {
  /** Undefined: a page that has no navigation of the console. */
  readonly at: ConsolePlace | undefined;
  readonly label: string;
  readonly path: string;
  readonly needs: Capability;
}

const places: readonly Place[] = [
  { at: 'today', label: 'Today', path: '/admin/today', needs: 'figures:read' },
  { at: 'branding', label: 'Brands', path: '/admin/brands', needs: 'branding:read' },
  { at: 'policy', label: 'Policy', path: '/admin/policy', needs: 'policy:read' },
  { at: 'simulator', label: 'Simulator', path: '/admin/policy/simulate', needs: 'policy:read' },
  { at: 'certificates', label: 'Certificates', path: '/admin/certificates', needs: 'certificates:read' },
  { at: 'connectors', label: 'Connectors', path: '/admin/connectors', needs: 'policy:read' },
  { at: 'mta-sts', label: 'MTA-STS', path: '/admin/mta-sts', needs: 'policy:read' },
  { at: 'tls-reports', label: 'TLS reports', path: '/admin/tls-reports', needs: 'policy:read' },
  { at: 'people', label: 'People', path: '/admin/people', needs: 'people:read' },
  { at: 'api-keys', label: 'API keys', path: '/admin/api-keys', needs: 'api-keys:read' },
  { at: 'setup', label: 'Set-up', path: '/admin/setup', needs: 'settings:read' },
  { at: 'domain', label: 'Domain', path: '/admin/domain', needs: 'settings:read' },
  { at: 'settings', label: 'Settings', path: '/admin/settings', needs: 'settings:read' },
  { at: 'queue', label: 'Queue', path: '/admin/queue', needs: 'queue:read' },
  { at: 'webhooks', label: 'Webhooks', path: '/admin/webhooks', needs: 'webhooks:read' },
  { at: 'reports', label: 'Reports', path: '/admin/reports', needs: 'reports:read' },
  { at: 'audit', label: 'Audit', path: '/admin/audit', needs: 'audit:read' },
  { at: 'help-desk', label: 'Help desk', path: '/admin/help-desk', needs: 'addresses:unlock' },
  { at: undefined, label: 'Approvals', path: '/approvals', needs: 'held:answer' },
];

/** In try-out mode nothing else could be set up yet. */
export const TRY_OUT_NOTE =
  'Try-out mode: a code by mail is enough to come in here. Outside of it, everybody with a role needs an authenticator app, a passkey or single sign-on as well.';

type At = NonNullable<Shell['visitor']>['at'];

export function consoleEntries({ base }: Site, req: Request, at: At): ConsoleEntry[] {
  return places
    .filter(({ needs }) => mayHere(req, needs))
    .map(({ at: place, label, path }) => ({
      label,
      url: `${base}${path}`,
      current: place !== undefined && place === at,
    }));
}

export function isInConsole(at: At): boolean {
  return at !== undefined && places.some((place) => place.at === at);
}

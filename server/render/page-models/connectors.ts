// Owns what the page about connectors is given.

import type { Moment, StateView } from './parts.ts';

export interface ConnectorRow {
  readonly domain: string;
  /** "mx.partner.example:25", or that its MX records say it. */
  readonly where: string;
  /** What its servers have to prove. */
  readonly asked: string;
  readonly editUrl: string;
  /** Absent: it was not tested yet. */
  readonly test?: ConnectorTest;
}

/** What its servers proved last. */
export interface ConnectorTest {
  readonly state: StateView;
  readonly at: Moment;
  /** What is less than it was, or other. */
  readonly notes: readonly string[];
  /** Less than it was, which an administrator may take as it is. */
  readonly mayAccept: boolean;
  readonly report: ConnectorReport;
}

export interface HostReport {
  readonly host: string;
  readonly stateWords: string;
  readonly tone: 'good' | 'bad';
  readonly facts: readonly { readonly name: string; readonly words: string }[];
  readonly why: string;
}

export interface ConnectorReport {
  readonly domain: string;
  readonly goes: boolean;
  readonly outcome: string;
  readonly notes: readonly string[];
  readonly hosts: readonly HostReport[];
}

/** What was typed, or what is kept. */
export interface ConnectorFields {
  readonly domain: string;
  readonly hosts: string;
  readonly minTls: string;
  readonly by: string;
  readonly names: string;
  readonly pins: string;
  readonly certificate: string;
  /** The key of the certificate is kept here. */
  readonly hasKey: boolean;
}

export interface ConnectorsPage {
  readonly action: string;
  readonly testAction: string;
  readonly removeAction: string;
  readonly acceptAction: string;
  readonly version: number;
  readonly rows: readonly ConnectorRow[];
  /** Who may hand in mail by a certificate. */
  readonly inbound: readonly { readonly name: string; readonly words: string }[];
  readonly inboundUrl: string;
  readonly fields: ConnectorFields;
  /** Whose connector the form changes; absent: it makes a new one. */
  readonly editing?: string;
  readonly newUrl: string;
  readonly problem?: string;
  readonly report?: ConnectorReport;
}

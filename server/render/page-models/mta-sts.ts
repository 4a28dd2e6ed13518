// Owns what the page about MTA-STS of our own domains is given.

export interface OwnDomainView {
  readonly domain: string;
  /** Its part in ids of the page. */
  readonly n: number;
  readonly isOn: boolean;
  /** What was typed, or what is kept. */
  readonly mode: string;
  readonly mx: string;
  readonly days: string;
  readonly problem?: string;
  /** The file as it is served, and the records that lead others to it; absent where there is none. */
  readonly file?: string;
  readonly url: string;
  readonly records: readonly { readonly name: string; readonly type: string; readonly value: string }[];
}

export interface MtaStsPage {
  readonly action: string;
  readonly version: number;
  readonly mayWrite: boolean;
  readonly domains: readonly OwnDomainView[];
  /** The host of PUBLIC_URL, which has to answer for the names. */
  readonly portalHost: string;
}

// Owns what the page that documents the API is given.

export interface ApiDocsPage {
  /** Before each path. */
  readonly address: string;
  readonly descriptionUrl: string;
  readonly groups: readonly ApiGroup[];
  readonly shapes: readonly ApiShape[];
}

export interface ApiGroup {
  readonly name: string;
  /** In the page, as `calls-messages`. */
  readonly id: string;
  readonly calls: readonly ApiCall[];
}

export interface ApiCall {
  readonly method: string;
  readonly path: string;
  readonly words: string;
  readonly parameters: readonly ApiField[];
  /** What may be sent: one for each media type. */
  readonly bodies: readonly ApiContent[];
  readonly answers: readonly {
    readonly status: string;
    readonly words: string;
    readonly contents: readonly ApiContent[];
  }[];
}

export interface ApiContent {
  readonly mediaType: string;
  readonly type: ApiType;
  /** Of what has no name of its own. */
  readonly fields: readonly ApiField[];
}

export interface ApiField {
  readonly name: string;
  /** "query", "path", "header"; absent of a field in a body. */
  readonly at?: string;
  readonly type: ApiType;
  readonly required: boolean;
  readonly words: string;
  readonly example?: string;
}

export interface ApiType {
  readonly words: string;
  /** Where its shape stands in the page. */
  readonly url?: string;
}

export interface ApiShape {
  readonly name: string;
  readonly id: string;
  readonly type: ApiType;
  readonly fields: readonly ApiField[];
}

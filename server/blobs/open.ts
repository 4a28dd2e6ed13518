// Owns the choice of the blob store.

import type { Blobs } from './files.ts';
import { openFileBlobs } from './files.ts';

export type BlobStorePlace = { readonly kind: 'files'; readonly folder: string } | { readonly kind: 's3' };

export function openBlobs(place: BlobStorePlace, _credentials: unknown): Promise<Blobs> {
  if (place.kind === 'files') return openFileBlobs(place.folder);
  throw new Error('S3');
}

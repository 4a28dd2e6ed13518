// Owns the choice of the blob store.

import type { Blobs } from './blobs.ts';
import { openFileBlobs } from './files.ts';
import type { S3Credentials, S3Place } from './s3-client.ts';
import { openS3Blobs } from './s3.ts';

export type BlobStorePlace = { readonly kind: 'files'; readonly folder: string } | ({ readonly kind: 's3' } & S3Place);

export function openBlobs(place: BlobStorePlace, credentials: S3Credentials | undefined): Promise<Blobs> {
  if (place.kind === 'files') return openFileBlobs(place.folder);
  if (credentials === undefined) throw new TypeError('S3 needs credentials.');
  return openS3Blobs(place, credentials);
}

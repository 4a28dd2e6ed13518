// Owns the sample's letterhead: a picture drawn pixel by pixel, so that the tree holds no image of it.

import { crc32, deflateSync } from 'node:zlib';

const WIDTH = 480;
const HEIGHT = 72;
const BAND = [0x1f, 0x3a, 0x5f] as const;
const GOLD = [0xd9, 0xa4, 0x41] as const;

type Colour = readonly [number, number, number];

/** A dark band with a seal on its left and a line along its foot; 480 × 72 pixels, 8-bit RGB. */
export function letterheadPng(): Buffer {
  const rows = Array.from({ length: HEIGHT }, (_, y) => {
    const pixels = Array.from({ length: WIDTH }, (__, x) => colourAt(x, y));
    return Buffer.from([0, ...pixels.flat()]); // 0: no filter, PNG section 9.2
  });
  const header = Buffer.alloc(13);
  header.writeUInt32BE(WIDTH, 0);
  header.writeUInt32BE(HEIGHT, 4);
  header.set([8, 2, 0, 0, 0], 8); // bits a sample, RGB, deflate, standard filters, not interlaced
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.concat(rows))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function colourAt(x: number, y: number): Colour {
  if (y >= HEIGHT - 4) return GOLD;
  const fromCentre = Math.hypot(x - 40, y - 34);
  const ring = Math.max(
    coverage(24 - fromCentre) - coverage(20 - fromCentre),
    coverage(15 - fromCentre) - coverage(13 - fromCentre),
  );
  const star = coverage(9 - (Math.abs(x - 40) + Math.abs(y - 34)));
  return blend(BAND, GOLD, Math.max(ring, star));
}

/** How much of a pixel lies inside an edge `distance` pixels away: smooth over one pixel. */
function coverage(distance: number): number {
  return Math.min(1, Math.max(0, distance + 0.5));
}

function blend(from: Colour, to: Colour, share: number): Colour {
  const mix = (n: 0 | 1 | 2): number => Math.round(from[n] + (to[n] - from[n]) * share);
  return [mix(0), mix(1), mix(2)];
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}

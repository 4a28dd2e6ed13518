// Owns sending a text that is whole, and that no cache keeps. Express's own `send` looks for much that such an answer
// never has: an ETag, a copy at the browser's, another coding.

import type { Response } from 'express';

/** In UTF-8. */
export function sendWhole(res: Response, status: number, type: 'text/html' | 'application/json', text: string): void {
  res.statusCode = status;
  res.setHeader('Cache-Control', 'no-store');
  res.setHeader('Content-Type', `${type}; charset=utf-8`);
  res.setHeader('Content-Length', Buffer.byteLength(text));
  res.end(text);
}

// Owns telling our own scripts, which ask for JSON, from browsers that send a form.

import type { Request } from 'express';

export function wantsJson(req: Request): boolean {
  return req.get('accept') === 'application/json';
}

// Owns how the refusal of a broken mail is worded, so that every reader of a piece of it says the same.

import { AppError } from '../core/errors.ts';

/** `what` finishes the public sentence "This mail cannot be read: …"; it must quote nothing from the mail. */
export function unreadable(what: string, detail?: string): AppError {
  return new AppError('mail/unreadable', `This mail cannot be read: ${what}.`, detail === undefined ? {} : { detail });
}

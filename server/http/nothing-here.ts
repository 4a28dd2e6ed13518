// Owns the two refusals that most pages know. What is not there and what is not the visitor's are told as one.

import { AppError } from '../core/errors.ts';

export function noSuchPage(): AppError {
  return new AppError('request/not-found', 'There is no such page.');
}

export function notSignedIn(): AppError {
  return new AppError('request/unauthenticated', 'Sign in to read this page.');
}

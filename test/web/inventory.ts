// Owns the list of every route and of who gets anything from it. routes.test.ts holds the program to it.

export type Readers =
  'anyone' | 'holder of the link' | 'signed in' | 'sender' | 'administrator' | 'API key' | 'this machine';

export const inventory: Readonly<Record<string, Readers>> = {
  'GET /healthz': 'anyone',
  'GET /readyz': 'anyone',
  '* /static': 'anyone',
  'GET /brand/:id/:version/style.css': 'anyone',
  'GET /brand/:id/:version/logo.png': 'anyone',
  'GET /': 'anyone',
  'GET /robots.txt': 'anyone',
  'GET /sign-in': 'anyone',
  'POST /sign-in/passcode': 'anyone',
  'GET /sign-in/verify': 'anyone',
  'POST /sign-in/verify': 'anyone',
  'POST /sign-out': 'anyone',
  'POST /language': 'anyone',
  'POST /theme': 'anyone',
  'GET /m/:token': 'holder of the link',
  'POST /m/:token/passcode': 'holder of the link',
  'GET /m/:token/verify': 'holder of the link',
  'POST /m/:token/verify': 'holder of the link',
  'GET /messages': 'signed in',
  'GET /messages/:id': 'signed in',
  'GET /messages/:id/body': 'signed in',
  'GET /messages/:id/attachments/:n': 'signed in',
  'GET /messages/:id/links/:n': 'signed in',
  'POST /messages/:id/reply': 'signed in',
  'POST /messages/:id/forward': 'signed in',
  'GET /messages/:id/copy.eml': 'signed in',
  'GET /messages/:id/copy.pdf': 'signed in',
  'POST /messages/:id/draft': 'signed in',
  'GET /write': 'anyone',
  'POST /write': 'anyone',
  'POST /write/passcode': 'anyone',
  'GET /write/verify': 'anyone',
  'POST /write/verify': 'anyone',
  'GET /written/:id': 'signed in',
  'GET /account': 'signed in',
  'POST /account/sign-out-everywhere': 'signed in',
  'GET /sent': 'sender',
  'GET /sent/:id': 'sender',
  'GET /sent/:id/destroy': 'sender',
  'POST /sent/:id/revoke': 'sender',
  'POST /sent/:id/restore': 'sender',
  'POST /sent/:id/expiry': 'sender',
  'GET /admin/branding': 'administrator',
  'POST /admin/branding': 'administrator',
  'GET /admin/branding/preview/notice': 'administrator',
  'GET /admin/branding/preview/notice-text': 'administrator',
  'GET /admin/branding/preview/portal': 'administrator',
  'GET /api/v1/openapi.json': 'anyone',
  'POST /api/v1/messages': 'API key',
  'GET /api/v1/messages': 'API key',
  'GET /api/v1/messages/:id': 'API key',
  'GET /api/v1/messages/:id/events': 'API key',
  'POST /api/v1/messages/:id/revoke': 'API key',
  'POST /api/v1/messages/:id/restore': 'API key',
  'PATCH /api/v1/messages/:id': 'API key',
  '* /try': 'this machine',
  'GET /try/mailbox': 'this machine',
  'GET /try/mailbox/:id': 'this machine',
  'GET /try/mailbox/:id/html': 'this machine',
  'GET /try/mailbox/:id/raw': 'this machine',
};

/** The reader's and sender's routes that name a message. */
export function routesWithId(): (readonly [method: string, pattern: string])[] {
  return Object.entries(inventory).flatMap(([name, readers]) => {
    const [method = '', pattern = ''] = name.split(' ');
    if (!pattern.includes(':id') || (readers !== 'signed in' && readers !== 'sender')) return [];
    return [[method, pattern.replace(':n', '1')] as const];
  });
}
